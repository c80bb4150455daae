package dev.weir.alerting.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.store.GroupStore.Group;
import dev.weir.alerting.store.GroupStore.Mark;
import dev.weir.alerting.store.GroupStore.Member;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The decision to notify a group, for each of its reasons. */
class NotifyDecisionTest {
    private static final long NOW = 1_790_000_000_000L;
    private static final long SENT = NOW - 600_000;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration NEVER = Duration.ZERO;

    private static final Incident OPEN = incident("open", IncidentStatus.OPEN, null);
    private static final Incident OVER = incident("over", IncidentStatus.RESOLVED, null);
    private static final Incident SLEEPS = incident("sleeps", IncidentStatus.OPEN, NOW + 5_000);
    private static final Incident BACK = incident("back", IncidentStatus.OPEN, null);
    private static final Incident AWOKE = incident("awoke", IncidentStatus.OPEN, NOW - 5_000);

    static Stream<Arguments> cases() {
        return Stream.of(
                of(NotifyReason.NEW, "a", "", NOW + 3_600_000, group(null, HOUR, false, fresh("a", OPEN))),
                of(NotifyReason.GROWN, "b", "", NOW + 3_600_000, sent(HOUR, kept("a", OPEN), fresh("b", OPEN))),
                of(NotifyReason.REOPENED, "a", "", NOW + 3_600_000, sent(HOUR, fresh("a", BACK), kept("b", OPEN))),
                of(NotifyReason.RAISED, "b", "", null, sent(NEVER, kept("a", OPEN), changed("b", OPEN))),
                of(NotifyReason.UNSNOOZED, "a", "", null, sent(NEVER, kept("a", AWOKE))),
                of(NotifyReason.RESOLVED, "", "a", null, sent(HOUR, kept("a", OVER), unreported("b", OPEN))),
                of(NotifyReason.RESOLVED, "", "a", null, sent(HOUR, kept("a", OVER), moved("b", OVER))),
                of(NotifyReason.RESOLVED_IN_PART, "b", "a", null, sent(NEVER, kept("a", OVER), kept("b", OPEN))),
                of(NotifyReason.REPEATED, "a b", "", NOW + 60_000, sent(MINUTE, kept("a", OPEN), kept("b", OPEN))),
                of(NotifyReason.REPEAT_QUEUED, "", "", NOW + 10_000, group(SENT, MINUTE, true, kept("a", OPEN))),
                of(NotifyReason.MUTED, "", "", NOW + 7_000, muted(kept("a", OPEN), fresh("b", OPEN))),
                of(NotifyReason.SNOOZED, "", "", NOW + 5_000, sent(HOUR, kept("a", SLEEPS), kept("b", OVER))),
                of(NotifyReason.NEVER_NOTIFIED, "", "", null, sent(HOUR, fresh("a", OVER))),
                of(NotifyReason.UNCHANGED, "", "", NOW + 5_000, sent(HOUR, kept("a", OPEN), kept("b", SLEEPS))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reasonFollowsFromTheGroup(Case each) {
        NotifyDecision decision = NotifyDecision.of(each.group());
        assertThat(decision.reason()).isEqualTo(each.reason());
        assertThat(ids(decision.firing())).isEqualTo(each.firing());
        assertThat(ids(decision.resolved())).isEqualTo(each.resolved());
        assertThat(decision.dueMs()).isEqualTo(each.dueMs());
    }

    @Test
    void everyReasonHasACase() {
        Set<NotifyReason> reasons =
                cases().map(each -> ((Case) each.get()[0]).reason()).collect(Collectors.toSet());
        assertThat(reasons).isEqualTo(EnumSet.allOf(NotifyReason.class));
    }

    @Test
    void mutedGroupKeepsItsAlertsUntilItIsNotMuted() {
        NotifyDecision decision = NotifyDecision.of(muted(kept("a", OVER)));
        assertThat(decision.removed()).isEmpty();
        assertThat(decision.isLast()).isFalse();
        assertThat(decision.sentMs()).isEqualTo(SENT);
        assertThat(NotifyDecision.of(sent(MINUTE, kept("a", OVER))).reason()).isEqualTo(NotifyReason.RESOLVED);
    }

    @Test
    void resolvedGroupIsLeftByItsAlertsAndEnds() {
        NotifyDecision decision = NotifyDecision.of(sent(HOUR, kept("a", OVER), fresh("b", OVER)));
        assertThat(ids(decision.notified())).isEqualTo("a");
        assertThat(ids(decision.removed())).isEqualTo("a b");
        assertThat(decision.isLast()).isTrue();
        assertThat(decision.sentMs()).isEqualTo(NOW);
    }

    @Test
    void partlyResolvedGroupKeepsItsOpenAlerts() {
        NotifyDecision decision = NotifyDecision.of(sent(HOUR, kept("a", OVER), kept("b", OPEN)));
        assertThat(ids(decision.removed())).isEqualTo("a");
        assertThat(decision.isLast()).isFalse();
        assertThat(decision.dueMs()).isEqualTo(NOW + HOUR.toMillis());
    }

    @Test
    void reopenedAlertIsFiringAgain() {
        NotifyDecision decision = NotifyDecision.of(sent(HOUR, changed("a", BACK), kept("b", OVER)));
        assertThat(decision.reason()).isEqualTo(NotifyReason.REOPENED);
        assertThat(ids(decision.firing())).isEqualTo("a");
        assertThat(ids(decision.resolved())).isEqualTo("b");
        assertThat(decision.sentMs()).isEqualTo(NOW);
    }

    @Test
    void reopenedGroupWithAWorseAlertIsReopened() {
        GroupSnapshot group = sent(HOUR, changed("a", BACK), changed("b", OPEN), fresh("c", OPEN));
        NotifyDecision decision = NotifyDecision.of(group);
        assertThat(decision.reason()).isEqualTo(NotifyReason.REOPENED);
        assertThat(ids(decision.firing())).isEqualTo("a b c");
    }

    @Test
    void groupThatEndedAndReopensIsNotNew() {
        NotifyDecision decision = NotifyDecision.of(group(null, HOUR, false, fresh("a", BACK)));
        assertThat(decision.reason()).isEqualTo(NotifyReason.REOPENED);
        assertThat(ids(decision.firing())).isEqualTo("a");
    }

    @Test
    void worseAlertOfAnOpenIncidentIsRaised() {
        NotifyDecision decision = NotifyDecision.of(sent(HOUR, changed("a", OPEN), kept("b", BACK)));
        assertThat(decision.reason()).isEqualTo(NotifyReason.RAISED);
        assertThat(ids(decision.firing())).isEqualTo("a");
    }

    @Test
    void digestIsNotifiedWithoutTheAlertsFoldedIntoIt() {
        NotifyDecision decision =
                NotifyDecision.of(sent(HOUR, fresh("digest", OPEN), in("folded", OPEN, Mark.CHANGED, Mark.UNREPORTED)));
        assertThat(decision.reason()).isEqualTo(NotifyReason.GROWN);
        assertThat(ids(decision.firing())).isEqualTo("digest");
        assertThat(ids(decision.notified())).isEqualTo("digest");
    }

    @Test
    void groupThatSleepsKeepsAlertsThatAreOver() {
        NotifyDecision decision = NotifyDecision.of(sent(HOUR, kept("a", SLEEPS), kept("b", OVER)));
        assertThat(decision.removed()).isEmpty();
        assertThat(decision.sentMs()).isEqualTo(SENT);
    }

    @Test
    void receiverThatIsResentGetsAllOpenAlerts() {
        GroupSnapshot group = new GroupSnapshot(
                new Group("g", "g", "am", "", Map.of(), null, SENT),
                List.of(kept("a", OPEN).member(), fresh("b", OPEN).member()),
                Map.of("open", OPEN),
                Set.of(),
                new NotifyTerms(MINUTE, true, null),
                false,
                NOW);
        NotifyDecision decision = NotifyDecision.of(group);
        assertThat(decision.reason()).isEqualTo(NotifyReason.GROWN);
        assertThat(ids(decision.firing())).isEqualTo("a b");
        assertThat(ids(decision.notified())).isEqualTo("b");
    }

    private record In(Member member, Incident incident) {}

    private record Case(
            NotifyReason reason,
            String firing,
            String resolved,
            @Nullable Long dueMs,
            GroupSnapshot group) implements Arguments {
        @Override
        public Object[] get() {
            return new Object[] {this};
        }
    }

    private static Case of(
            NotifyReason reason, String firing, String resolved, @Nullable Long dueMs, GroupSnapshot group) {
        return new Case(reason, firing, resolved, dueMs, group);
    }

    private static GroupSnapshot sent(Duration repeat, In... members) {
        return group(SENT, repeat, false, members);
    }

    private static GroupSnapshot muted(In... members) {
        return group(SENT, new NotifyTerms(MINUTE, false, NOW + 7_000), false, members);
    }

    private static GroupSnapshot group(@Nullable Long sentMs, Duration repeat, boolean isQueued, In... members) {
        return group(sentMs, new NotifyTerms(repeat, false, null), isQueued, members);
    }

    private static GroupSnapshot group(@Nullable Long sentMs, NotifyTerms terms, boolean isQueued, In... members) {
        return new GroupSnapshot(
                new Group("g", "g", "slack", "", Map.of(), null, sentMs),
                Stream.of(members).map(In::member).toList(),
                Stream.of(members)
                        .map(In::incident)
                        .distinct()
                        .collect(Collectors.toMap(Incident::id, Function.identity())),
                Set.of(BACK.id()),
                terms,
                isQueued,
                NOW);
    }

    private static In fresh(String alert, Incident incident) {
        return in(alert, incident, Mark.CHANGED);
    }

    private static In changed(String alert, Incident incident) {
        return in(alert, incident, Mark.CHANGED, Mark.NOTIFIED);
    }

    private static In kept(String alert, Incident incident) {
        return in(alert, incident, Mark.NOTIFIED);
    }

    private static In moved(String alert, Incident incident) {
        return in(alert, incident, Mark.NOTIFIED, Mark.MOVED);
    }

    private static In unreported(String alert, Incident incident) {
        return in(alert, incident, Mark.NOTIFIED, Mark.UNREPORTED);
    }

    private static In in(String alert, Incident incident, Mark... marks) {
        return new In(new Member(alert, incident.id(), Set.of(marks)), incident);
    }

    private static Incident incident(String id, IncidentStatus status, @Nullable Long snoozedUntilMs) {
        return Incident.builder(id)
                .status(status)
                .severity(Severity.HIGH)
                .title("title")
                .namespace("shop")
                .snoozedUntilMs(snoozedUntilMs)
                .build();
    }

    private static String ids(List<Member> members) {
        return members.stream().map(Member::alert).collect(Collectors.joining(" "));
    }
}
