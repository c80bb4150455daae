package dev.weir.alerting.service;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.store.GroupStore.Group;
import dev.weir.alerting.store.GroupStore.Member;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A group with its alerts and incidents at one time: all that a decision to notify depends on.
 *
 * @param incidents the incidents of the members, by id; one that was deleted is missing
 * @param repeat time after which an unchanged group is notified again; zero for never
 * @param isResent true if the receiver wants all open alerts in every notification
 * @param isQueued true if a repetition is due and a notification of the group still waits for the receiver
 */
record GroupSnapshot(
        Group group,
        List<Member> members,
        Map<String, Incident> incidents,
        Duration repeat,
        boolean isResent,
        boolean isQueued,
        long nowMs) {

    /** The alerts of incidents that are over. */
    List<Member> over() {
        return members.stream().filter(member -> !isActive(member)).toList();
    }

    /** The open alerts that are to be notified. */
    List<Member> open() {
        return members.stream()
                .filter(Member::isReported)
                .filter(member -> incident(member).anyMatch(incident -> incident.isReported(nowMs)))
                .toList();
    }

    /** The open alerts with a change since the last notification. */
    List<Member> changed() {
        return open().stream()
                .filter(member -> member.changed() || isAwoken(member))
                .toList();
    }

    /** The notified alerts that are over; none while the group sleeps, since it is not over then. */
    List<Member> notifiedOver() {
        return isAsleep() ? List.of() : over().stream().filter(Member::notified).toList();
    }

    /** True if all open alerts are snoozed, so that the group is neither over nor to be notified. */
    boolean isAsleep() {
        return open().isEmpty()
                && members.stream()
                        .filter(Member::isReported)
                        .flatMap(this::incident)
                        .anyMatch(incident -> incident.status().isActive() && incident.isSnoozed(nowMs));
    }

    boolean isOver() {
        return over().size() == members.size();
    }

    /** True if the repeat interval has passed since the last notification. */
    boolean isRepeatDue() {
        Long sent = group.sentMs();
        return sent != null && !open().isEmpty() && !repeat.isZero() && nowMs >= sent + repeat.toMillis();
    }

    /** The end of the first snooze among the incidents; null when none is snoozed. */
    @Nullable Long firstAwakeMs() {
        return incidents.values().stream()
                .filter(incident -> incident.status().isActive() && incident.isSnoozed(nowMs))
                .map(Incident::snoozedUntilMs)
                .filter(Objects::nonNull)
                .min(Long::compare)
                .orElse(null);
    }

    private boolean isActive(Member member) {
        return incident(member).anyMatch(incident -> incident.status().isActive());
    }

    /** True if the incident was snoozed at the last notification, and is no more. */
    private boolean isAwoken(Member member) {
        Long sent = group.sentMs();
        return incident(member)
                .map(Incident::snoozedUntilMs)
                .anyMatch(until -> until != null && until <= nowMs && sent != null && sent < until);
    }

    private Stream<Incident> incident(Member member) {
        return Stream.ofNullable(incidents.get(member.incident()));
    }
}
