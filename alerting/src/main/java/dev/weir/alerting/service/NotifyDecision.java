package dev.weir.alerting.service;

import dev.weir.alerting.store.GroupStore.Mark;
import dev.weir.alerting.store.GroupStore.Member;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The decision about a group: whether it is notified, of which alerts, what remains of it, and when it is decided about
 * again.
 *
 * @param firing open alerts that the notification holds
 * @param resolved alerts that the notification reports as over
 * @param notified alerts that count as notified afterwards
 * @param removed alerts that leave the group, since they are over
 * @param isLast true if no alert remains, so that the group is deleted
 * @param sentMs time of the last notification, that of this decision included; null for none
 * @param dueMs time of the next decision; null when only an event leads to one
 */
record NotifyDecision(
        NotifyReason reason,
        List<Member> firing,
        List<Member> resolved,
        List<Member> notified,
        List<Member> removed,
        boolean isLast,
        @Nullable Long sentMs,
        @Nullable Long dueMs) {

    static NotifyDecision of(GroupSnapshot group) {
        Long mutedUntilMs = group.terms().mutedUntilMs();
        Long sentMs = group.group().sentMs();
        if (mutedUntilMs != null) {
            return unnotified(NotifyReason.MUTED, List.of(), false, sentMs, mutedUntilMs);
        }
        NotifyReason reason = reason(group);
        List<Member> removed = group.isSnoozed() ? List.of() : group.over();
        if (reason.kind() == null) {
            return unnotified(reason, removed, group.isOver(), sentMs, DueTimes.afterDecision(group, sentMs));
        }
        List<Member> changed = group.changed();
        List<Member> over = group.notifiedOver();
        boolean isWhole = group.terms().isResent() || changed.isEmpty();
        return new NotifyDecision(
                reason,
                isWhole ? group.open() : changed,
                ended(over),
                Stream.concat(changed.stream(), over.stream()).toList(),
                removed,
                group.isOver(),
                group.nowMs(),
                DueTimes.afterDecision(group, group.nowMs()));
    }

    private static NotifyDecision unnotified(
            NotifyReason reason, List<Member> removed, boolean isLast, @Nullable Long sentMs, @Nullable Long dueMs) {
        return new NotifyDecision(reason, List.of(), List.of(), List.of(), removed, isLast, sentMs, dueMs);
    }

    /** True if the group is notified. */
    boolean isNotified() {
        return reason.kind() != null;
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
        if (group.isSnoozed()) {
            return NotifyReason.SNOOZED;
        }
        return group.open().isEmpty() ? NotifyReason.NEVER_NOTIFIED : NotifyReason.UNCHANGED;
    }

    private static NotifyReason changeReason(GroupSnapshot group, List<Member> changed) {
        // An alert leaves the group when it is reported as over, so one that is back looks like a new one of the group.
        if (changed.stream().anyMatch(group::isReopened)) {
            return NotifyReason.REOPENED;
        }
        if (group.group().sentMs() == null) {
            return NotifyReason.NEW;
        }
        if (changed.stream().anyMatch(member -> !member.is(Mark.NOTIFIED))) {
            return NotifyReason.GROWN;
        }
        return changed.stream().anyMatch(member -> member.is(Mark.CHANGED))
                ? NotifyReason.RAISED
                : NotifyReason.UNSNOOZED;
    }

    /**
     * The alerts to report as over. An alert that continues in another incident is reported only if it is the only one.
     */
    private static List<Member> ended(List<Member> over) {
        List<Member> ended =
                over.stream().filter(member -> !member.is(Mark.MOVED)).toList();
        return ended.isEmpty() ? over : ended;
    }
}
