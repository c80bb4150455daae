package dev.weir.alerting.service;

import dev.weir.alerting.route.Routes.Route;
import dev.weir.alerting.store.GroupStore.Group;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The times at which groups are decided about. */
final class DueTimes {
    private static final long MUTED_MS = 60_000;
    private static final long FAILED_MS = 60_000;
    /** The pause until a repetition is tried again behind one that the receiver has not accepted. */
    private static final long QUEUED_MS = 10_000;

    private DueTimes() {}

    /**
     * The time after an alert of the group is new or has changed: after the route's wait if the group was never
     * notified, else after the route's interval; not later than before the change.
     */
    static long afterChange(Group group, Route route, long nowMs) {
        Long sent = group.sentMs();
        long due = sent == null
                ? nowMs + route.groupWait().toMillis()
                : Math.max(nowMs, sent + route.groupInterval().toMillis());
        Long before = group.dueMs();
        return before == null ? due : Math.min(before, due);
    }

    /**
     * The time after a decision: that of the next repetition or of the end of the first snooze; null when only an event
     * leads to the next decision.
     *
     * @param sentMs time of the last notification, that of the decision included; null for none
     */
    static @Nullable Long afterDecision(GroupSnapshot group, @Nullable Long sentMs) {
        Long snoozeEndMs = group.firstSnoozeEndMs();
        Duration repeat = group.terms().repeat();
        if (group.open().isEmpty() || sentMs == null || repeat.isZero()) {
            return snoozeEndMs;
        }
        long earliest = group.isRepeatDue() && group.isQueued() ? group.nowMs() + QUEUED_MS : 0;
        long next = Math.max(sentMs + repeat.toMillis(), earliest);
        return snoozeEndMs == null ? next : Math.min(next, snoozeEndMs);
    }

    /** The time at which a muted route may be muted no more. */
    static long afterMuting(long nowMs) {
        return nowMs + MUTED_MS;
    }

    /** The time after a decision that failed. */
    static long afterFailure(long nowMs) {
        return nowMs + FAILED_MS;
    }

    /** True if the repeat interval has passed since the last notification. */
    static boolean isRepeatDue(@Nullable Long sentMs, Duration repeat, long nowMs) {
        return sentMs != null && !repeat.isZero() && nowMs >= sentMs + repeat.toMillis();
    }
}
