package dev.weir.alerting.service;

import dev.weir.alerting.message.Notification;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The reason for which a group is notified, or is not. Whether a notification is delivered alone or in a digest is no
 * reason here: {@code DeliveryQueue} decides it for each receiver when it takes notifications from the outbox, and
 * {@code weir_alerting_notifications_digested_total} counts those in digests.
 */
public enum NotifyReason {
    /** The group was never notified, and none of its incidents has reopened. */
    NEW(Notification.Kind.FIRING),
    /** The group has grown by an alert since its last notification. */
    GROWN(Notification.Kind.UPDATED),
    /**
     * An incident is open again, of which the receiver was notified before. The notification is a firing one if the
     * group ended with the incident.
     */
    REOPENED(Notification.Kind.UPDATED),
    /** A notified alert became worse, or changed in another way that calls for a notification. */
    RAISED(Notification.Kind.UPDATED),
    /** A snooze ended, and the incident is still open. */
    UNSNOOZED(Notification.Kind.UPDATED),
    /** The group has been notified, and none of its alerts is open any more. */
    RESOLVED(Notification.Kind.RESOLVED),
    /** The group is resolved in part: some of its alerts are over, and the others are open without a change. */
    RESOLVED_IN_PART(Notification.Kind.REPEATED),
    /** The repeat interval is over, and no alert of the group has changed. */
    REPEATED(Notification.Kind.REPEATED),

    /** The route is muted at this time. */
    MUTED(null),
    /** All open alerts of the group are snoozed. */
    SNOOZED(null),
    /** A repetition is due, and the notification before it still waits for the receiver. */
    REPEAT_QUEUED(null),
    /** The group has no open alert, and none of its alerts was notified. */
    NEVER_NOTIFIED(null),
    /** The group is unchanged: no open alert has changed, and no repetition is due. */
    UNCHANGED(null);

    private final Notification.@Nullable Kind kind;

    NotifyReason(Notification.@Nullable Kind kind) {
        this.kind = kind;
    }

    /** The kind of the notification; null for a reason not to notify. */
    Notification.@Nullable Kind kind() {
        return kind;
    }

    /** The value of the metric's label. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
