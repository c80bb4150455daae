package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.ConflictException;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentChange.Action;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.model.Feedback;
import dev.weir.model.Severity;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Decisions on alerts and workloads, and their publication. */
class DecisionsTest extends IncidentHarness {
    @ParameterizedTest
    @EnumSource
    void repeatedDecisionChangesNothing(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.HIGH, 10));
        incidents.decisions().decideOn("a", false, "ann", null, NamespaceScope.ALL);
        long version = incident("a").version();
        List<Kind> happened = timeline("a");
        incidents.decisions().decideOn("a", false, "ann", null, NamespaceScope.ALL);
        assertThat(incident("a").version()).isEqualTo(version);
        assertThat(timeline("a")).isEqualTo(happened).endsWith(Kind.NOTE);
    }

    @ParameterizedTest
    @EnumSource
    void undoneDecisionNamesWhoUndidIt(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        change("i", Action.EXPECT, "known");
        notified("slack");
        DecisionStore decisions = new DecisionStore(database);
        String id = decisions.unpublished(10).get(0).feedback().id();
        assertThat(incidents.decisions().undo(id, "bob", new NamespaceScope(Set.of("data"))))
                .isEmpty();
        now += 30_000;
        DecisionStore.Decision undone =
                incidents.decisions().undo(id, "bob", NamespaceScope.ALL).orElseThrow();
        assertThat(undone.undoneBy()).isEqualTo("bob");
        assertThat(undone.undoneMs()).isEqualTo(now);
        assertThat(undone.undone()).isTrue();
        assertThat(incidents.decisions().undo(id, "bob", NamespaceScope.ALL)).isEmpty();
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(store.timeline("i", 0, 100, NamespaceScope.ALL)).last().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(Kind.REOPENED);
            assertThat(entry.who()).isEqualTo("bob");
            assertThat(entry.detail()).isEqualTo("the decision is taken back: expected");
        });
        flush();
        assertThat(notified("slack")).as("it is to be seen to").hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void decisionOnAnUnseenAlertIsRefused(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        long read = incident("i").version();
        take(of("i", alert("a", 2, Severity.LOW, 20)));
        assertThat(incident("i").version()).as("nothing new").isEqualTo(read);
        take(of("i", alert("b", 1, Severity.LOW, 20)));
        IncidentChange expect = new IncidentChange(Action.EXPECT, "ann", null, null, null);
        assertThatThrownBy(() -> incidents.changes().apply("i", read, expect, NamespaceScope.ALL))
                .isInstanceOf(ConflictException.class);
        long again = incident("i").version();
        take(of("i", alert("b", 2, Severity.HIGH, 20)));
        assertThatThrownBy(() -> incidents.changes().apply("i", again, expect, NamespaceScope.ALL))
                .isInstanceOf(ConflictException.class);
    }

    @ParameterizedTest
    @EnumSource
    void undoneDecisionsAreKeptAsLongAsOthers(Databases kind) throws Exception {
        open(kind);
        incidents.decisions().decide(suppression("old", 60, null));
        new DecisionStore(database).published(decisions(false).get(0));
        incidents.decisions().undo("old", "ann", NamespaceScope.ALL);
        new DecisionStore(database).published(decisions(true).get(0));
        incidents.retention().delete(100_000);
        assertThat(decisions(true)).hasSize(1);
        now += 100_001;
        incidents.retention().delete(100_000);
        assertThat(decisions(true)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void foreignDecisionsAreKeptOlderOnesIgnored(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        Feedback expected = new Feedback(
                "theirs", Feedback.Action.EXPECTED, null, null, null, null, "a", null, 50, "other", "known");
        incidents.decisions().mirror("theirs", expected, 51);
        incidents.decisions().mirror("theirs", expected, 51);
        List<Kind> happened = timeline("a");
        assertThat(happened).filteredOn(each -> each == Kind.EXPECTED).hasSize(2);
        assertThat(alerts.find("a", NamespaceScope.ALL).orElseThrow().decision())
                .isEqualTo("expected");
        assertThat(decisions(false)).containsExactly(new DecisionStore.Decision(expected, false, true, null, null));
        incidents.decisions().mirror("theirs", null, 40);
        assertThat(decisions(false)).as("taken back before it was made").hasSize(1);
        incidents.decisions().mirror("theirs", null, 60);
        assertThat(alerts.find("a", NamespaceScope.ALL).orElseThrow().decision())
                .isNull();
        assertThat(decisions(false)).isEmpty();
        assertThat(decisions(true).get(0).undoneMs()).isEqualTo(60);
        happened = timeline("a");
        incidents.decisions().mirror("theirs", expected, 51);
        incidents.decisions().mirror("theirs", null, 60);
        assertThat(timeline("a"))
                .as("a change that comes again is not counted twice")
                .isEqualTo(happened);
        assertThat(decisions(false)).isEmpty();

        Feedback ours = suppression("ours", 60, null);
        incidents.decisions().decide(ours);
        incidents.decisions().mirror("ours", null, 70);
        assertThat(decisions(false)).as("the topic still lacks it").containsExactly(DecisionStore.Decision.of(ours));
        new DecisionStore(database).published(decisions(false).get(0));
        incidents.decisions().mirror("ours", suppression("ours", 59, 1L), 59);
        assertThat(decisions(false).get(0).feedback()).isEqualTo(ours);
    }

    @ParameterizedTest
    @EnumSource
    void decisionChangedWhilePublishedIsRepublished(Databases kind) throws Exception {
        open(kind);
        DecisionStore store = new DecisionStore(database);
        incidents.decisions().decide(suppression("mine", 60, null));
        DecisionStore.Decision onItsWay = store.unpublished(10).get(0);
        Feedback newer = suppression("mine", 61, null);
        incidents.decisions().decide(newer);
        store.published(onItsWay);
        assertThat(store.unpublished(10))
                .extracting(DecisionStore.Decision::feedback)
                .containsExactly(newer);
        store.published(store.unpublished(10).get(0));
        assertThat(store.unpublished(10)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void endedSuppressionsLeaveTheTopic(Databases kind) throws Exception {
        open(kind);
        incidents.decisions().decide(suppression("ended", 60, now + 10));
        incidents.decisions().decide(suppression("holds", 60, now + 1_000));
        now += 500;
        assertThat(incidents.decisions().expire(600)).isZero();
        assertThat(incidents.decisions().expire(400)).isEqualTo(1);
        assertThat(decisions(false)).extracting(each -> each.feedback().id()).containsExactly("holds");
        assertThat(new DecisionStore(database).unpublished(10))
                .as("the topic is to delete it")
                .anySatisfy(each -> {
                    assertThat(each.feedback().id()).isEqualTo("ended");
                    assertThat(each.undone()).isTrue();
                });
    }

    private static Feedback suppression(String id, long atMs, @Nullable Long untilMs) {
        return new Feedback(id, Feedback.Action.SUPPRESS, null, "shop", null, null, null, untilMs, atMs, "other", null);
    }
}
