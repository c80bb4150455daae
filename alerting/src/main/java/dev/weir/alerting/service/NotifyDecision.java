package dev.weir.alerting.service;

import dev.weir.alerting.store.GroupStore.Mark;
import dev.weir.alerting.store.GroupStore.Member;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The decision about a group: whether it is notified, of which alerts, and when it is decided about again.
 *
 * @param firing open alerts that the notification holds
 * @param resolved alerts that the notification reports as over
 * @param notified alerts that count as notified afterwards
 * @param dueMs time of the next decision; null when only an event leads to one
 */
record NotifyDecision(
        NotifyReason reason,
        List<Member> firing,
        List<Member> resolved,
        List<Member> notified,
        @Nullable Long dueMs) {
    /** The pause until a repetition is tried again behind one that the receiver has not accepted. */
    private static final long QUEUED_MS = 10_000;

    static NotifyDecision of(GroupSnapshot group) {
        NotifyReason reason = reason(group);
        if (reason.kind() == null) {
            return new NotifyDecision(
                    reason,
                    List.of(),
                    List.of(),
                    List.of(),
                    due(group, group.group().sentMs()));
        }
        List<Member> changed = group.changed();
        List<Member> over = group.notifiedOver();
        boolean isWhole = group.isResent() || changed.isEmpty();
        return new NotifyDecision(
                reason,
                isWhole ? group.open() : changed,
                ended(over),
                Stream.concat(changed.stream(), over.stream()).toList(),
                due(group, group.nowMs()));
    }

    private static NotifyReason reason(GroupSnapshot group) {
        List<Member> changed = group.changed();
        if (!changed.isEmpty()) {
            return changeReason(group, changed);
        }
        if (!group.notifiedOver().isEmpty()) {
            return group.open().isEmpty() ? NotifyReason.RESOLVED : NotifyReason.RESOLVED_IN_PART;
        }
        if (group.isRepeatDue()) {
            // A receiver that was unavailable must not find the same notification many times.
            return group.isQueued() ? NotifyReason.REPEAT_QUEUED : NotifyReason.REPEATED;
        }
        if (group.isAsleep()) {
            return NotifyReason.SNOOZED;
        }
        return group.open().isEmpty() ? NotifyReason.NEVER_NOTIFIED : NotifyReason.UNCHANGED;
    }

    private static NotifyReason changeReason(GroupSnapshot group, List<Member> changed) {
        if (group.group().sentMs() == null) {
            return NotifyReason.NEW;
        }
        if (changed.stream().anyMatch(member -> !member.is(Mark.NOTIFIED))) {
            return NotifyReason.GROWN;
        }
        return changed.stream().anyMatch(member -> member.is(Mark.CHANGED)) ? NotifyReason.RAISED : NotifyReason.AWOKEN;
    }

    /** The alerts to report as over. An alert that continues in another incident is reported only if it is the only one. */
    private static List<Member> ended(List<Member> over) {
        List<Member> ended = over.stream().filter(member -> !member.is(Mark.MOVED)).toList();
        return ended.isEmpty() ? over : ended;
    }

    private static @Nullable Long due(GroupSnapshot group, @Nullable Long sentMs) {
        Long awake = group.firstAwakeMs();
        if (group.open().isEmpty() || sentMs == null || group.repeat().isZero()) {
            return awake;
        }
        long repeat = sentMs + group.repeat().toMillis();
        long earliest = group.isRepeatDue() && group.isQueued() ? group.nowMs() + QUEUED_MS : 0;
        long next = Math.max(repeat, earliest);
        return awake == null ? next : Math.min(next, awake);
    }
}
