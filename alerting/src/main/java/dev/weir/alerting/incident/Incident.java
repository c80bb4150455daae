package dev.weir.alerting.incident;

import dev.weir.model.Severity;
import org.jspecify.annotations.Nullable;

/**
 * Alerts of one actor, or of one chain of actors, as people deal with them.
 *
 * @param id the incident key of its alerts; the alert's own id where it has none
 * @param version grows with every change by a person and of the status, with every alert that joins and when it gets worse; what
 *     {@code If-Match} is held against
 * @param severity the worst of its alerts
 * @param title of the alert that made it as severe as it is
 * @param cluster, namespace that the alert that it began with is a matter of
 * @param snoozedUntilMs until when nobody is told; null when it is not snoozed
 * @param alerts how many
 * @param unreported whether nobody is to be told of any of its alerts: they are suppressed, or folded into a digest
 * @param changedMs when it was last changed, by the clock
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

    /** Whether receivers are to be told of it. */
    public boolean isReported(long nowMs) {
        return status.isActive() && !unreported && !isSnoozed(nowMs);
    }

    /** The same in another status, for which snoozing means nothing any more. */
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

    /** The same with an alert less. */
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

    /** The same by another title. */
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
