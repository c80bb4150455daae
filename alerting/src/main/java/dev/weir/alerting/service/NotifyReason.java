package dev.weir.alerting.service;

import dev.weir.alerting.message.Notification;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The reason for which a group is notified, or is not. */
public enum NotifyReason {
    /** The group was never notified. */
    NEW(Notification.Kind.FIRING),
    /** An alert joined a notified group. */
    GROWN(Notification.Kind.UPDATED),
    /** A notified alert became worse, reopened, or changed in another way that calls for a notification. */
    RAISED(Notification.Kind.UPDATED),
    /** A snooze ended, and the incident is still open. */
    AWOKEN(Notification.Kind.UPDATED),
    /** No alert of the group is open any more. */
    RESOLVED(Notification.Kind.RESOLVED),
    /** Some alerts of the group are over, others are open without a change. */
    RESOLVED_IN_PART(Notification.Kind.REPEATED),
    /** No alert changed, and the repeat interval is over. */
    REPEATED(Notification.Kind.REPEATED),

    /** The route is muted at this time. */
    MUTED(null),
    /** All open alerts of the group are snoozed. */
    SNOOZED(null),
    /** A repetition is due, and the notification before it still waits for the receiver. */
    REPEAT_QUEUED(null),
    /** No alert of the group is open, and none was notified. */
    NEVER_NOTIFIED(null),
    /** No open alert has changed, and no repetition is due. */
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
