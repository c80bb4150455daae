package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.ConflictException;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentChange.Action;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.store.AlertStore.Applied;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.model.Alert;
import dev.weir.model.Feedback;
import dev.weir.model.Severity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Alerts that start again, incidents that reopen, and alerts that move to another incident. */
class ReopeningTest extends IncidentHarness {
    @ParameterizedTest
    @EnumSource
    void alertThatStartsAgainIsNewToItsIncident(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 5, Severity.HIGH, 10)));
        take(of("j", alert("b", 1, Severity.LOW, 10)));
        incidents.decisions().decideOn("a", true, "ann", "known", NamespaceScope.ALL);
        incidents.decisions().decideOn("b", true, "ann", "known", NamespaceScope.ALL);
        assertThat(incident("j").status()).isEqualTo(IncidentStatus.EXPECTED);
        now += 30_000;
        flush();
        notified("slack");
        take(of("k", alert("a", 1, Severity.LOW, 20, 20)));
        now += 30_000;
        flush();
        assertThat(notified("slack")).singleElement().satisfies(news -> assertThat(news.alerts())
                .extracting(Alert::id)
                .containsExactly("a"));
        assertThat(incident("k").alerts()).isEqualTo(1);
        assertThat(alerts.find("a", NamespaceScope.ALL).orElseThrow().decision())
                .as("was about the incident that is over")
                .isNull();
        assertThat(take(of("j", alert("a", 1, Severity.LOW, 30, 30)))).isEqualTo(Applied.MOVED);
        assertThat(incident("j").status())
                .as("another alert joined the expected incident")
                .isEqualTo(IncidentStatus.OPEN);
        assertThat(incident("j").alerts()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void resolvedIncidentReopensWithANewAlert(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        notified("slack");
        now += 7_000;
        assertThat(change("a", Action.ACKNOWLEDGE, null).status()).isEqualTo(IncidentStatus.ACKNOWLEDGED);
        assertThat(change("a", Action.RESOLVE, "patched").status()).isEqualTo(IncidentStatus.RESOLVED);
        assertThat(registry.getSampleValue("weir_alerting_decision_latency_seconds_sum"))
                .as("of the first thing that was done")
                .isEqualTo(7);
        assertThat(notified("slack")).singleElement().satisfies(over -> {
            assertThat(over.kind()).isEqualTo(Notification.Kind.RESOLVED);
            assertThat(over.resolved()).extracting(Alert::id).containsExactly("a");
        });
        assertThat(take(alert("a", 2, Severity.LOW, 20))).isEqualTo(Applied.UPDATED);
        assertThat(incident("a").status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(notified("slack")).extracting(Notification::kind).containsExactly(Notification.Kind.FIRING);
        assertThat(timeline("a"))
                .filteredOn(entry -> entry != Kind.NOTIFIED)
                .containsExactly(Kind.OPENED, Kind.ACKNOWLEDGED, Kind.RESOLVED, Kind.REOPENED);
        assertThat(store.timeline("a", 0, 100, NamespaceScope.ALL))
                .filteredOn(entry -> entry.kind() == Kind.RESOLVED)
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.who()).isEqualTo("ann");
                    assertThat(entry.detail()).isEqualTo("patched");
                    assertThat(entry.atMs()).isEqualTo(now);
                });
    }

    @ParameterizedTest
    @EnumSource
    void reopenedIncidentIsTheReasonUntilNotified(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        change("a", Action.RESOLVE, "patched");
        notified("slack");
        incidents.alerts().take(List.of(alert("a", 2, Severity.LOW, 20)));
        assertThat(groups.flush(now).reasons()).isEqualTo(Map.of(NotifyReason.REOPENED, 1));
        assertThat(notified("slack")).extracting(Notification::kind).containsExactly(Notification.Kind.FIRING);
        now += 30_000;
        incidents.alerts().take(List.of(alert("a", 3, Severity.HIGH, 30)));
        now += 30_000;
        assertThat(groups.flush(now).reasons())
                .as("slack, and pager for the first time")
                .isEqualTo(Map.of(NotifyReason.RAISED, 1, NotifyReason.NEW, 1));
    }

    @ParameterizedTest
    @EnumSource
    void expectedIncidentReopensWithANewAlert(Databases kind) throws Exception {
        open(kind);
        DecisionStore decisions = new DecisionStore(database);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        take(of("i", alert("b", 1, Severity.LOW, 10)));
        change("i", Action.EXPECT, "a migration");
        assertThat(decisions.unpublished(10)).hasSize(2).allSatisfy(decision -> {
            assertThat(decision.feedback().action()).isEqualTo(Feedback.Action.EXPECTED);
            assertThat(decision.feedback().detector()).isEqualTo("policy-bypass");
            assertThat(decision.feedback().workload()).isEqualTo("web");
            assertThat(decision.feedback().by()).isEqualTo("ann");
            assertThat(decision.feedback().reason()).isEqualTo("a migration");
        });
        take(of("i", alert("a", 2, Severity.LOW, 20)));
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.EXPECTED);
        take(of("i", alert("c", 1, Severity.LOW, 20)));
        assertThat(incident("i").status()).as("another one").isEqualTo(IncidentStatus.OPEN);

        change("i", Action.EXPECT, null);
        change("i", Action.REOPEN, "it was not");
        assertThat(decisions.unpublished(10)).hasSize(3).allMatch(DecisionStore.Decision::undone);
        assertThat(alerts.find("a", NamespaceScope.ALL).orElseThrow().decision())
                .isNull();
    }

    @ParameterizedTest
    @EnumSource
    void incidentOfFalseAlarmsIsExpected(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        take(of("i", alert("b", 1, Severity.LOW, 10)));
        now += 3_000;
        incidents.decisions().decideOn("a", true, "ann", "known", NamespaceScope.ALL);
        assertThat(registry.getSampleValue("weir_alerting_decision_latency_seconds_sum"))
                .isEqualTo(3);
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.OPEN);
        incidents.decisions().decideOn("b", true, "ann", "known", NamespaceScope.ALL);
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.EXPECTED);
        incidents.decisions().decideOn("b", false, "bob", "it is an attack", NamespaceScope.ALL);
        assertThat(new DecisionStore(database).unpublished(10))
                .as("a second decision replaces the first")
                .hasSize(2)
                .extracting(decision -> decision.feedback().action())
                .containsExactlyInAnyOrder(Feedback.Action.EXPECTED, Feedback.Action.NOT_EXPECTED);
        assertThat(incidents.decisions().decideOn("nothing", true, "ann", null, NamespaceScope.ALL))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void incidentOfALeavingAlertIsReportedOver(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.HIGH, 10)));
        take(of("i", alert("b", 1, Severity.LOW, 10)));
        assertThat(notified("pager")).singleElement().satisfies(each -> assertThat(each.alerts())
                .extracting(Alert::id)
                .containsExactly("a"));
        take(of("j", alert("a", 1, Severity.HIGH, 20, 20)));
        now += 600_000;
        flush();
        assertThat(notified("pager"))
                .as("the same alert goes on in another incident")
                .extracting(each -> each.kind() + " " + each.incident().id())
                .containsExactly("FIRING j");
        change("i", Action.RESOLVE, null);
        assertThat(notified("pager"))
                .extracting(each -> each.kind() + " " + each.incident().id())
                .containsExactly("RESOLVED i");
        change("j", Action.RESOLVE, null);
        assertThat(notified("pager")).extracting(Notification::kind).containsExactly(Notification.Kind.RESOLVED);
        int left = database.query(handle -> handle.createQuery("select count(*) from notification_group")
                .mapTo(Integer.class)
                .one());
        assertThat(left).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void unexpectedAlertEndsAFalseAlarm(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        take(of("i", alert("b", 1, Severity.LOW, 10)));
        change("i", Action.EXPECT, null);
        now += 30_000;
        flush();
        notified("slack");
        long version = incident("i").version();

        incidents.decisions().decideOn("b", false, "bob", "it is an attack", NamespaceScope.ALL);
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(incident("i").version()).isGreaterThan(version);
        assertThat(store.timeline("i", 0, 100, NamespaceScope.ALL)).last().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(Kind.REOPENED);
            assertThat(entry.who()).isEqualTo("bob");
            assertThat(entry.alert()).isEqualTo("b");
            assertThat(entry.detail()).isEqualTo("not expected: it is an attack");
        });
        now += 30_000;
        flush();
        assertThat(notified("slack"))
                .as("that of the other holds")
                .singleElement()
                .satisfies(again ->
                        assertThat(again.alerts()).extracting(Alert::id).containsExactly("b"));
        assertThat(alerts.find("a", NamespaceScope.ALL).orElseThrow().decision())
                .isEqualTo("expected");
        long decided = incident("i").version();
        assertThatThrownBy(() -> incidents
                        .changes()
                        .apply(
                                "i",
                                version,
                                new IncidentChange(Action.ACKNOWLEDGE, "ann", null, null, null),
                                NamespaceScope.ALL))
                .isInstanceOf(ConflictException.class);
        incidents.decisions().decideOn("b", true, "ann", null, NamespaceScope.ALL);
        assertThat(incident("i").status()).as("all are again").isEqualTo(IncidentStatus.EXPECTED);
        assertThat(incident("i").version()).isGreaterThan(decided);
    }

    @ParameterizedTest
    @EnumSource
    void olderAlertReopensAsWell(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.LOW, 100)));
        change("i", Action.RESOLVE, null);
        notified("slack");
        take(of("i", alert("b", 1, Severity.LOW, 90)));
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.OPEN);
        change("i", Action.RESOLVE, null);
        notified("slack");
        take(of("i", alert("b", 2, Severity.HIGH, 90)));
        assertThat(incident("i").status()).as("it is worse").isEqualTo(IncidentStatus.OPEN);
        assertThat(notified("slack")).hasSize(1);
        change("i", Action.RESOLVE, null);
        take(of("i", alert("b", 3, Severity.HIGH, 95)));
        assertThat(incident("i").status()).as("nothing is new").isEqualTo(IncidentStatus.RESOLVED);
    }

    @ParameterizedTest
    @EnumSource
    void incidentEndsOrContinuesWithoutALeavingAlert(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        take(of("i", alert("b", 1, Severity.LOW, 10)));
        now += 30_000;
        flush();
        notified("slack");
        take(of("j", alert("a", 1, Severity.LOW, 20, 20)));
        assertThat(notified("slack")).singleElement().satisfies(news -> {
            assertThat(news.kind()).isEqualTo(Notification.Kind.FIRING);
            assertThat(news.incident()).extracting(Incident::id).isEqualTo("j");
        });
        assertThat(incident("i")).satisfies(left -> {
            assertThat(left.status()).isEqualTo(IncidentStatus.OPEN);
            assertThat(left.alerts()).isEqualTo(1);
        });
        assertThat(store.timeline("i", 0, 100, NamespaceScope.ALL))
                .last()
                .extracting(TimelineEntry::detail)
                .isEqualTo("begins anew in incident j");
        change("i", Action.RESOLVE, null);
        assertThat(notified("slack")).singleElement().satisfies(over -> assertThat(over.resolved())
                .extracting(Alert::id)
                .containsExactly("b"));

        take(of("k", alert("a", 1, Severity.LOW, 40, 40)));
        assertThat(incident("j").status()).as("it has nothing left").isEqualTo(IncidentStatus.RESOLVED);
        assertThat(notified("slack"))
                .as("that it is over goes ahead of what begins")
                .extracting(Notification::kind)
                .containsExactly(Notification.Kind.RESOLVED, Notification.Kind.FIRING);
    }
}
