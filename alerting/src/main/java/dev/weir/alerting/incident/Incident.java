package dev.weir.alerting.incident;

import dev.weir.model.Severity;
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

    /** A copy in another status. A snooze ends with the incident. */
    Incident in(IncidentStatus newStatus, long nowMs) {
        return new Incident(
                id,
                version + 1,
                newStatus,
                severity,
                title,
                cluster,
                namespace,
                assignee,
                newStatus.isActive() ? snoozedUntilMs : null,
                alerts,
                unreported,
                firstSeenMs,
                lastSeenMs,
                nowMs);
    }

    /** A copy with one alert less. */
    public Incident without() {
        return new Incident(
                id,
                version,
                status,
                severity,
                title,
                cluster,
                namespace,
                assignee,
                snoozedUntilMs,
                Math.max(0, alerts - 1),
                unreported,
                firstSeenMs,
                lastSeenMs,
                changedMs);
    }

    /** A copy with another title. */
    public Incident titled(String other) {
        return new Incident(
                id,
                version,
                status,
                severity,
                other,
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

    Incident of(@Nullable String newAssignee, @Nullable Long newSnoozedUntilMs, long nowMs) {
        return new Incident(
                id,
                version + 1,
                status,
                severity,
                title,
                cluster,
                namespace,
                newAssignee,
                newSnoozedUntilMs,
                alerts,
                unreported,
                firstSeenMs,
                lastSeenMs,
                nowMs);
    }
}
