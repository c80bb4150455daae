package dev.weir.alerting.incident;

import dev.weir.model.Severity;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Alerts of one actor, or of one chain of actors, with the status of people's work on them.
 *
 * @param id the incident key of its alerts, or the alert's own id if it has none
 * @param version increases with each action of a person, each change of status, each alert that joins and each rise in
 *     severity; {@code If-Match} compares it
 * @param severity the highest severity of its alerts
 * @param title title of the alert that set the severity
 * @param cluster, namespace cluster and namespace of the first alert
 * @param snoozedUntilMs no notifications are sent until then; null if not snoozed
 * @param alerts number of alerts
 * @param unreported true if no notification is sent about any of its alerts: all are suppressed or folded into a digest
 * @param changedMs wall-clock time of the last change
 */
public record Incident(
        String id,
        long version,
        IncidentStatus status,
        Severity severity,
        String title,
        @Nullable String cluster,
        @Nullable String namespace,
        @Nullable String assignee,
        @Nullable Long snoozedUntilMs,
        int alerts,
        boolean unreported,
        long firstSeenMs,
        long lastSeenMs,
        long changedMs) {

    public boolean isSnoozed(long nowMs) {
        return snoozedUntilMs != null && snoozedUntilMs > nowMs;
    }

    /** True if receivers are notified of it: it is active, reported and not snoozed. */
    public boolean isReported(long nowMs) {
        return status.isActive() && !unreported && !isSnoozed(nowMs);
    }

    /**
     * Begins an incident of version 1 with one alert: open, reported, not snoozed and assigned to no one. Its severity
     * and title are required.
     */
    public static Builder builder(String id) {
        return new Builder(id);
    }

    /** Returns a builder that holds the components of this incident. */
    public Builder toBuilder() {
        Builder builder = new Builder(id);
        builder.version = version;
        builder.status = status;
        builder.severity = severity;
        builder.title = title;
        builder.cluster = cluster;
        builder.namespace = namespace;
        builder.assignee = assignee;
        builder.snoozedUntilMs = snoozedUntilMs;
        builder.alerts = alerts;
        builder.unreported = unreported;
        builder.firstSeenMs = firstSeenMs;
        builder.lastSeenMs = lastSeenMs;
        builder.changedMs = changedMs;
        return builder;
    }

    /** Begins the next version of the incident, changed at a time. */
    Builder next(long nowMs) {
        return toBuilder().version(version + 1).changedMs(nowMs);
    }

    /** A copy in another status. A snooze ends with the incident. */
    Incident in(IncidentStatus newStatus, long nowMs) {
        return next(nowMs)
                .status(newStatus)
                .snoozedUntilMs(newStatus.isActive() ? snoozedUntilMs : null)
                .build();
    }

    /** A copy with one alert less. */
    public Incident without() {
        return toBuilder().alerts(Math.max(0, alerts - 1)).build();
    }

    /** A copy with another title. */
    public Incident titled(String other) {
        return toBuilder().title(other).build();
    }

    /** Builds an incident component by component. For one thread. */
    public static final class Builder {
        private final String id;
        private long version = 1;
        private IncidentStatus status = IncidentStatus.OPEN;
        private @Nullable Severity severity;
        private @Nullable String title;
        private @Nullable String cluster;
        private @Nullable String namespace;
        private @Nullable String assignee;
        private @Nullable Long snoozedUntilMs;
        private int alerts = 1;
        private boolean unreported;
        private long firstSeenMs;
        private long lastSeenMs;
        private long changedMs;

        private Builder(String id) {
            this.id = id;
        }

        public Builder version(long value) {
            version = value;
            return this;
        }

        public Builder status(IncidentStatus value) {
            status = value;
            return this;
        }

        public Builder severity(Severity value) {
            severity = value;
            return this;
        }

        public Builder title(String value) {
            title = value;
            return this;
        }

        public Builder cluster(@Nullable String value) {
            cluster = value;
            return this;
        }

        public Builder namespace(@Nullable String value) {
            namespace = value;
            return this;
        }

        public Builder assignee(@Nullable String value) {
            assignee = value;
            return this;
        }

        public Builder snoozedUntilMs(@Nullable Long value) {
            snoozedUntilMs = value;
            return this;
        }

        public Builder alerts(int value) {
            alerts = value;
            return this;
        }

        public Builder unreported(boolean value) {
            unreported = value;
            return this;
        }

        public Builder firstSeenMs(long value) {
            firstSeenMs = value;
            return this;
        }

        public Builder lastSeenMs(long value) {
            lastSeenMs = value;
            return this;
        }

        public Builder changedMs(long value) {
            changedMs = value;
            return this;
        }

        /** Builds the incident. */
        public Incident build() {
            return new Incident(
                    id,
                    version,
                    status,
                    Objects.requireNonNull(severity, "severity"),
                    Objects.requireNonNull(title, "title"),
                    cluster,
                    namespace,
                    assignee,
                    snoozedUntilMs,
                    alerts,
                    unreported,
                    firstSeenMs,
                    lastSeenMs,
                    changedMs);
        }
    }
}
