package dev.weir.alerting.service;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.store.GroupStore.Group;
import dev.weir.alerting.store.GroupStore.Mark;
import dev.weir.alerting.store.GroupStore.Member;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A group with its alerts and incidents at one time: all that a decision to notify depends on. */
final class GroupSnapshot {
    private final Group group;
    private final Map<String, Incident> incidents;
    private final Set<String> reopened;
    private final NotifyTerms terms;
    private final boolean isQueued;
    private final long nowMs;
    private final List<Member> over;
    private final List<Member> open;
    private final List<Member> changed;
    private final boolean isOver;
    private final boolean isSnoozed;

    /**
     * Creates the snapshot.
     *
     * @param incidents the incidents of the members, by id; one that was deleted is missing
     * @param reopened ids of the incidents that reopened after the receiver was last notified of them
     * @param isQueued true if a repetition is due and a notification of the group still waits for the receiver
     */
    GroupSnapshot(
            Group group,
            List<Member> members,
            Map<String, Incident> incidents,
            Set<String> reopened,
            NotifyTerms terms,
            boolean isQueued,
            long nowMs) {
        this.group = group;
        this.incidents = incidents;
        this.reopened = Set.copyOf(reopened);
        this.terms = terms;
        this.isQueued = isQueued;
        this.nowMs = nowMs;
        this.over = members.stream().filter(member -> !isActive(member)).toList();
        List<Member> reported = members.stream().filter(Member::isReported).toList();
        this.open = reported.stream()
                .filter(member -> incident(member).anyMatch(incident -> incident.isReported(nowMs)))
                .toList();
        this.changed = open.stream()
                .filter(member -> member.is(Mark.CHANGED) || isUnsnoozed(member))
                .toList();
        this.isOver = over.size() == members.size();
        this.isSnoozed =
                open.isEmpty() && reported.stream().flatMap(this::incident).anyMatch(this::isSnoozed);
    }

    Group group() {
        return group;
    }

    Map<String, Incident> incidents() {
        return incidents;
    }

    NotifyTerms terms() {
        return terms;
    }

    boolean isQueued() {
        return isQueued;
    }

    long nowMs() {
        return nowMs;
    }

    /** The alerts of incidents that are over. */
    List<Member> over() {
        return over;
    }

    /** The open alerts that are to be notified. */
    List<Member> open() {
        return open;
    }

    /** The open alerts with a change since the last notification. */
    List<Member> changed() {
        return changed;
    }

    /** True if the alert's incident reopened after the receiver was last notified of it. */
    boolean isReopened(Member member) {
        return reopened.contains(member.incident());
    }

    /** The notified alerts that are over; none while the group is snoozed, since it is not over then. */
    List<Member> notifiedOver() {
        return isSnoozed
                ? List.of()
                : over.stream().filter(member -> member.is(Mark.NOTIFIED)).toList();
    }

    /** True if all open alerts are snoozed, so that the group is neither over nor to be notified. */
    boolean isSnoozed() {
        return isSnoozed;
    }

    boolean isOver() {
        return isOver;
    }

    /** True if the group has open alerts, and the repeat interval has passed since the last notification. */
    boolean isRepeatDue() {
        return !open.isEmpty() && DueTimes.isRepeatDue(group.sentMs(), terms.repeat(), nowMs);
    }

    /** The end of the first snooze among the incidents; null when none is snoozed. */
    @Nullable Long firstSnoozeEndMs() {
        return incidents.values().stream()
                .filter(this::isSnoozed)
                .map(Incident::snoozedUntilMs)
                .filter(Objects::nonNull)
                .min(Long::compare)
                .orElse(null);
    }

    private boolean isActive(Member member) {
        return incident(member).anyMatch(incident -> incident.status().isActive());
    }

    private boolean isSnoozed(Incident incident) {
        return incident.status().isActive() && incident.isSnoozed(nowMs);
    }

    /** True if the incident was snoozed at the last notification, and is no more. */
    private boolean isUnsnoozed(Member member) {
        Long sent = group.sentMs();
        return incident(member)
                .map(Incident::snoozedUntilMs)
                .anyMatch(until -> until != null && until <= nowMs && sent != null && sent < until);
    }

    private Stream<Incident> incident(Member member) {
        return Stream.ofNullable(incidents.get(member.incident()));
    }
}
