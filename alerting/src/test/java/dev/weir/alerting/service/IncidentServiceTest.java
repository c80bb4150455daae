package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.ConflictException;
import dev.weir.alerting.incident.ImpossibleChangeException;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentChange.Action;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.OutOfScopeException;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.alerting.route.Notification;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.RoutesConfig;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.AlertStore.Applied;
import dev.weir.alerting.store.Cursor;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Feedback;
import dev.weir.model.Severity;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All of it on both databases. */
class IncidentServiceTest {
    private static final Duration RESEND = Duration.ofMinutes(1);

    private long now = 1_000_000;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);
    private final CollectorRegistry registry = new CollectorRegistry();
    private final AlertingMetrics metrics = new AlertingMetrics(registry);
    private Database database;
    private NotificationGroups groups;
    private static final Entity KEYS = new Entity("vault", "keys", "Deployment", null, null, null, null, null);

    private IncidentService incidents;
    private IncidentStore store;
    private AlertStore alerts;
    private OutboxStore outbox;

    private void open(Databases kind) {
        database = kind.open();
        groups = new NotificationGroups(
                database,
                Routes.toAll(Map.of("slack", Severity.LOW, "pager", Severity.HIGH, "am", Severity.CRITICAL)),
                Map.of("am", RESEND));
        incidents = new IncidentService(database, groups, clock, metrics);
        store = new IncidentStore(database);
        alerts = new AlertStore(database);
        outbox = new OutboxStore(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Applied take(Alert alert) throws Exception {
        Applied applied = incidents.take(List.of(alert)).get(0);
        flush();
        return applied;
    }

    private void flush() throws Exception {
        while (groups.flush(now).decided() > 0) {
            // Until nothing is due.
        }
    }

    private List<Notification> notified(String receiver) throws Exception {
        List<OutboxStore.Entry> entries = outbox.due(receiver, Long.MAX_VALUE, 100);
        if (!entries.isEmpty()) {
            outbox.remove(entries.stream().map(OutboxStore.Entry::seq).toList());
        }
        return entries.stream().map(OutboxStore.Entry::notification).toList();
    }

    private Incident incident(String id) throws Exception {
        return store.find(id, NamespaceScope.ALL).orElseThrow();
    }

    private Incident change(String id, Action action, @Nullable String reason) throws Exception {
        Incident after = incidents
                .change(id, null, new IncidentChange(action, "ann", reason, null, null), NamespaceScope.ALL)
                .orElseThrow();
        flush();
        return after;
    }

    private List<Kind> timeline(String id) throws Exception {
        return store.timeline(id, 0, 100, NamespaceScope.ALL).stream()
                .map(TimelineEntry::kind)
                .toList();
    }

    private static Alert of(String incident, Alert alert) {
        return alert.within(incident, null, null);
    }

    @ParameterizedTest
    @EnumSource
    void theNewestRevisionIsKeptAndAnOldOneChangesNothing(Databases kind) throws Exception {
        open(kind);
        assertThat(take(alert("a", 1, Severity.LOW, 10))).isEqualTo(Applied.NEW);
        assertThat(take(alert("a", 3, Severity.LOW, 30))).isEqualTo(Applied.UPDATED);
        assertThat(take(alert("a", 2, Severity.HIGH, 20))).isEqualTo(Applied.STALE);
        assertThat(take(alert("a", 3, Severity.LOW, 30))).isEqualTo(Applied.STALE);
        assertThat(alerts.find("a", NamespaceScope.ALL).orElseThrow().alert())
                .isEqualTo(alert("a", 3, Severity.LOW, 30));
        assertThat(alerts.find("b", NamespaceScope.ALL)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anAlertIsToldOnceAndAgainWhenItGetsWorse(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        assertThat(notified("slack")).singleElement().satisfies(first -> {
            assertThat(first.kind()).isEqualTo(Notification.Kind.FIRING);
            assertThat(first.alerts()).extracting(Alert::id).containsExactly("a");
            assertThat(first.incident().id()).isEqualTo("a");
        });
        take(alert("a", 2, Severity.LOW, 20));
        assertThat(notified("slack")).isEmpty();
        take(alert("a", 3, Severity.HIGH, 30));
        assertThat(notified("pager"))
                .as("takes high alerts, and was not notified before")
                .extracting(Notification::kind)
                .containsExactly(Notification.Kind.FIRING);
        assertThat(notified("slack")).as("before the group's interval is over").isEmpty();
        now += 30_000;
        flush();
        assertThat(notified("slack")).extracting(Notification::kind).containsExactly(Notification.Kind.UPDATED);
        take(alert("a", 4, Severity.HIGH, 40));
        now += 30_000;
        flush();
        assertThat(notified("slack")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void alertsOfOneKeyAreOneIncidentWithATimeline(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        take(of("i", alert("b", 1, Severity.HIGH, 20)));
        take(of("i", alert("c", 1, Severity.LOW, 5)));
        assertThat(incident("i")).satisfies(incident -> {
            assertThat(incident.status()).isEqualTo(IncidentStatus.OPEN);
            assertThat(incident.severity()).isEqualTo(Severity.HIGH);
            assertThat(incident.alerts()).isEqualTo(3);
            assertThat(incident.namespace()).isEqualTo("shop");
            assertThat(incident.lastSeenMs()).isEqualTo(20);
        });
        assertThat(timeline("i"))
                .filteredOn(entry -> entry != Kind.NOTIFIED)
                .containsExactly(Kind.OPENED, Kind.RAISED, Kind.ALERT);
        now += 30_000;
        flush();
        assertThat(notified("slack")).hasSize(2).last().satisfies(update -> assertThat(update.alerts())
                .as("both, in one, the worst first")
                .extracting(Alert::id)
                .containsExactly("b", "c"));
    }

    @ParameterizedTest
    @EnumSource
    void anAlertThatBeginsAnewIsNewsToItsNewIncident(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 5, Severity.HIGH, 10)));
        take(of("j", alert("b", 1, Severity.LOW, 10)));
        incidents.judge("a", true, "ann", "known", NamespaceScope.ALL);
        incidents.judge("b", true, "ann", "known", NamespaceScope.ALL);
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
    void whenAllAlertsAreFalseAlarmsSoIsTheIncident(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        take(of("i", alert("b", 1, Severity.LOW, 10)));
        now += 3_000;
        incidents.judge("a", true, "ann", "known", NamespaceScope.ALL);
        assertThat(registry.getSampleValue("weir_alerting_decision_latency_seconds_sum"))
                .isEqualTo(3);
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.OPEN);
        incidents.judge("b", true, "ann", "known", NamespaceScope.ALL);
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.EXPECTED);
        incidents.judge("b", false, "bob", "it is an attack", NamespaceScope.ALL);
        assertThat(new DecisionStore(database).unpublished(10))
                .as("a second decision replaces the first")
                .hasSize(2)
                .extracting(decision -> decision.feedback().action())
                .containsExactlyInAnyOrder(Feedback.Action.EXPECTED, Feedback.Action.NOT_EXPECTED);
        assertThat(incidents.judge("nothing", true, "ann", null, NamespaceScope.ALL))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void changeOfAnOldVersionIsRefused(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        long version = incident("a").version();
        IncidentChange ack = new IncidentChange(Action.ACKNOWLEDGE, "ann", null, null, null);
        assertThat(incidents.change("a", version, ack, NamespaceScope.ALL)).isPresent();
        assertThatThrownBy(() -> incidents.change(
                        "a", version, new IncidentChange(Action.RESOLVE, "bob", null, null, null), NamespaceScope.ALL))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("version 2, not 1");
        assertThatThrownBy(() -> change("a", Action.SNOOZE, null))
                .isInstanceOf(ImpossibleChangeException.class)
                .hasMessageContaining("until_ms");
        assertThat(incidents.change("a", null, ack, new NamespaceScope(Set.of("other"))))
                .isEmpty();
        assertThat(incidents.change("b", null, ack, NamespaceScope.ALL)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void oneOfManyConcurrentChangesSucceeds(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        ExecutorService pool = Executors.newFixedThreadPool(6);
        try {
            List<Callable<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String who = "person-" + i;
                all.add(() -> {
                    try {
                        incidents.change(
                                "a", 1L, new IncidentChange(Action.NOTE, who, "mine", null, null), NamespaceScope.ALL);
                        return true;
                    } catch (ConflictException e) {
                        return false;
                    }
                });
            }
            int succeeded = 0;
            for (Future<Boolean> each : pool.invokeAll(all)) {
                succeeded += each.get() ? 1 : 0;
            }
            assertThat(succeeded).isEqualTo(1);
            assertThat(timeline("a")).filteredOn(entry -> entry == Kind.NOTE).hasSize(1);
        } finally {
            pool.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void replicasThatTakeAlertsOfOneIncidentAtOnceLoseNone(Databases kind) throws Exception {
        open(kind);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Applied>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Alert alert = of("i", alert("a" + i, 1, Severity.LOW, 10 + i));
                all.add(() -> incidents.take(List.of(alert)).get(0));
            }
            for (Future<Applied> each : pool.invokeAll(all)) {
                assertThat(each.get()).isEqualTo(Applied.NEW);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(incident("i").alerts()).isEqualTo(40);
        flush();
        assertThat(notified("slack")).singleElement().satisfies(each -> {
            assertThat(each.alerts()).hasSize(Notification.MAX_ALERTS);
            assertThat(each.size()).isEqualTo(40);
        });
    }

    @ParameterizedTest
    @EnumSource
    void snoozedIncidentIsNotifiedAfterItsTime(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        notified("slack");
        incidents.change(
                "a",
                null,
                new IncidentChange(Action.SNOOZE, "ann", "lunch", null, now + 3_600_000),
                NamespaceScope.ALL);
        flush();
        take(alert("a", 2, Severity.HIGH, 20));
        now += 3_599_999;
        flush();
        assertThat(notified("slack")).isEmpty();
        now += 1;
        flush();
        assertThat(notified("slack")).extracting(Notification::kind).containsExactly(Notification.Kind.UPDATED);
    }

    @ParameterizedTest
    @EnumSource
    void anAlertOfAnotherNamespaceEndsASnooze(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.HIGH, 10).within("i", null, null));
        notified("slack");
        IncidentChange snooze = new IncidentChange(Action.SNOOZE, "ann", "lunch", null, now + 3_600_000);
        incidents.change("i", null, snooze, new NamespaceScope(Set.of("shop")));
        take(alert("b", 1, Severity.HIGH, 11).within("i", null, null));
        take(alert("quiet", Severity.LOW, "keys", KEYS).within("i", null, "suppressed"));
        now += 600_000;
        flush();
        assertThat(notified("slack"))
                .as("of the namespace that it was snoozed for")
                .isEmpty();
        long version = incident("i").version();
        take(alert("c", Severity.LOW, "keys speak", KEYS).within("i", null, null));
        now += 600_000;
        flush();
        assertThat(notified("slack")).singleElement().satisfies(each -> assertThat(each.alerts())
                .extracting(Alert::id)
                .contains("c"));
        assertThat(incident("i").snoozedUntilMs()).isNull();
        assertThat(incident("i").version()).isGreaterThan(version);
        assertThat(timeline("i")).containsSubsequence(Kind.SNOOZED, Kind.ALERT, Kind.UNSNOOZED, Kind.NOTIFIED);
        assertThatThrownBy(() -> incidents.change(
                        "i",
                        null,
                        new IncidentChange(Action.SNOOZE, "ann", null, null, Long.MAX_VALUE),
                        NamespaceScope.ALL))
                .hasMessage("'until_ms' must be within 366 days");
    }

    @ParameterizedTest
    @EnumSource
    void theSameSaidAgainOfAnAlertChangesNothing(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.HIGH, 10));
        incidents.judge("a", false, "ann", null, NamespaceScope.ALL);
        long version = incident("a").version();
        List<Kind> happened = timeline("a");
        incidents.judge("a", false, "ann", null, NamespaceScope.ALL);
        assertThat(incident("a").version()).isEqualTo(version);
        assertThat(timeline("a")).isEqualTo(happened).endsWith(Kind.NOTE);
    }

    @ParameterizedTest
    @EnumSource
    void alertFromOutsideBelongsToItsDestination(Databases kind) throws Exception {
        open(kind);
        Entity outside = new Entity(null, null, null, null, "198.51.100.7", null, null, null);
        take(alert("a", 1, Severity.HIGH, 1, 10, outside));
        NamespaceScope shop = new NamespaceScope(Set.of("shop"));
        assertThat(store.find("a", shop)).isPresent();
        assertThat(incidents.judge("a", true, "ann", null, shop)).isPresent();
        assertThat(decisions(false))
                .singleElement()
                .satisfies(each -> assertThat(each.feedback().namespace()).isEqualTo("shop"));
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
    void laterSuppressedAlertIsNotNotified(Databases kind) throws Exception {
        open(kind);
        Alert waits = alert("w", 1, Severity.LOW, 10);
        incidents.take(List.of(waits));
        incidents.take(List.of(alert("w", 2, Severity.LOW, 11).within(null, null, "s")));
        Alert alert = alert("t", 1, Severity.CRITICAL, 10);
        take(alert);
        assertThat(notified("am")).hasSize(1);
        notified("slack");
        take(alert("t", 2, Severity.CRITICAL, 11).within(null, null, "s"));
        now += 10 * RESEND.toMillis();
        flush();
        assertThat(notified("am")).as("not again").isEmpty();
        assertThat(notified("slack")).as("neither what waited").isEmpty();
        take(alert("w", 3, Severity.LOW, 12));
        take(alert("t", 3, Severity.CRITICAL, 12));
        now += 600_000;
        flush();
        assertThat(notified("slack"))
                .flatExtracting(Notification::alerts)
                .extracting(Alert::id)
                .containsExactlyInAnyOrder("w", "t");
        assertThat(notified("am")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverThatIsAwayDoesNotFindTheSameOverAndOver(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.CRITICAL, 10));
        for (int i = 0; i < 50; i++) {
            now += RESEND.toMillis();
            flush();
        }
        assertThat(outbox.due("am", Long.MAX_VALUE, 100)).hasSize(1);
        notified("am");
        now += RESEND.toMillis();
        flush();
        assertThat(notified("am")).extracting(Notification::kind).containsExactly(Notification.Kind.REPEATED);
    }

    @ParameterizedTest
    @EnumSource
    void aGroupIsNotOverWhileWhatGoesOnIsSnoozed(Databases kind) throws Exception {
        open(kind);
        RoutesConfig.Node together = new RoutesConfig.Node(
                "slack", null, List.of("namespace"), Duration.ZERO, Duration.ZERO, null, null, null, null, null, null);
        groups = new NotificationGroups(
                database, Routes.of("test", new RoutesConfig(together, null, null), Set.of("slack")), Map.of());
        incidents = new IncidentService(database, groups, clock, metrics);
        take(of("i", alert("a", 1, Severity.HIGH, 10)));
        take(of("j", alert("b", 1, Severity.HIGH, 10)));
        assertThat(notified("slack")).hasSize(2);
        incidents.change(
                "i", null, new IncidentChange(Action.SNOOZE, "ann", null, null, now + 3_600_000), NamespaceScope.ALL);
        now += 1_000;
        change("j", Action.RESOLVE, null);
        flush();
        assertThat(notified("slack")).isEmpty();
        now += 3_600_000;
        flush();
        assertThat(notified("slack")).singleElement().satisfies(each -> {
            assertThat(each.kind()).isEqualTo(Notification.Kind.UPDATED);
            assertThat(each.alerts()).extracting(Alert::id).containsExactly("a");
            assertThat(each.resolved()).extracting(Alert::id).containsExactly("b");
        });
        now += 3_600_000;
        flush();
        assertThat(notified("slack")).as("once").isEmpty();
        change("i", Action.RESOLVE, null);
        assertThat(notified("slack")).extracting(Notification::kind).containsExactly(Notification.Kind.RESOLVED);
    }

    @ParameterizedTest
    @EnumSource
    void alertsAreTooManyThenThoseThatAreOverGo(Databases kind) throws Exception {
        open(kind);
        for (int i = 0; i < 5; i++) {
            take(alert("over-" + i, 1, Severity.CRITICAL, i));
            now += 1_000;
            change("over-" + i, Action.RESOLVE, null);
        }
        take(alert("open", 1, Severity.LOW, 10));
        assertThat(incidents.forgetSurplus(4)).as("they have just been over").isZero();
        now += Duration.ofMinutes(11).toMillis();
        assertThat(incidents.forgetSurplus(4)).isEqualTo(2);
        assertThat(store.find("over-1", NamespaceScope.ALL)).isEmpty();
        assertThat(alerts.find("over-1", NamespaceScope.ALL)).isEmpty();
        assertThat(timeline("over-1")).isEmpty();
        assertThat(alerts.find("over-2", NamespaceScope.ALL)).isPresent();
        assertThat(incident("open").status()).isEqualTo(IncidentStatus.OPEN);
    }

    @ParameterizedTest
    @EnumSource
    void openAlertsAreTooManyThenTheLeastAreResolved(Databases kind) throws Exception {
        open(kind);
        take(alert("low", 1, Severity.LOW, 30));
        take(alert("old", 1, Severity.HIGH, 10));
        take(alert("high", 1, Severity.HIGH, 20));
        take(alert("taken", 1, Severity.LOW, 10));
        change("taken", Action.ACKNOWLEDGE, null);
        flush();
        notified("slack");
        assertThat(incidents.forgetSurplus(2)).isZero();
        assertThat(incident("low").status()).isEqualTo(IncidentStatus.RESOLVED);
        assertThat(incident("old").status()).isEqualTo(IncidentStatus.RESOLVED);
        assertThat(incident("high").status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(incident("taken").status()).isEqualTo(IncidentStatus.ACKNOWLEDGED);
        assertThat(incidents.forgetSurplus(2)).as("room is made already").isZero();
        assertThat(incident("high").status()).isEqualTo(IncidentStatus.OPEN);
        now += Duration.ofMinutes(5).toMillis();
        flush();
        assertThat(notified("slack")).isNotEmpty();
        now += Duration.ofMinutes(11).toMillis();
        assertThat(incidents.forgetSurplus(2)).isEqualTo(2);
        assertThat(store.find("low", NamespaceScope.ALL)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void openAlertsAreResentToReceiversThatAsk(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.CRITICAL, 10));
        assertThat(notified("am")).hasSize(1);
        for (int i = 0; i < 3; i++) {
            now += RESEND.toMillis();
            flush();
            assertThat(notified("am")).singleElement().satisfies(again -> {
                assertThat(again.kind()).isEqualTo(Notification.Kind.REPEATED);
                assertThat(again.alerts()).hasSize(1);
            });
        }
        change("a", Action.RESOLVE, null);
        assertThat(notified("am")).extracting(Notification::kind).containsExactly(Notification.Kind.RESOLVED);
        now += 10 * RESEND.toMillis();
        flush();
        assertThat(notified("am")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void silentIncidentIsResolved(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        now += Duration.ofHours(23).toMillis();
        incidents.resolveIdle(Duration.ofHours(24).toMillis());
        assertThat(incident("a").status()).isEqualTo(IncidentStatus.OPEN);
        now += Duration.ofHours(2).toMillis();
        incidents.resolveIdle(Duration.ofHours(24).toMillis());
        assertThat(incident("a").status()).isEqualTo(IncidentStatus.RESOLVED);
        assertThat(store.timeline("a", 0, 100, NamespaceScope.ALL)).last().satisfies(entry -> assertThat(entry.who())
                .isEqualTo(TimelineEntry.WEIR));
    }

    @ParameterizedTest
    @EnumSource
    void onlyLongResolvedIncidentsAreDeleted(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        take(alert("b", 1, Severity.LOW, 10));
        change("a", Action.RESOLVE, null);
        long day = Duration.ofDays(1).toMillis();
        now += 90 * day;
        assertThat(incidents.forget(91 * day)).isZero();
        assertThat(incidents.forget(89 * day)).isEqualTo(1);
        assertThat(store.find("a", NamespaceScope.ALL)).isEmpty();
        assertThat(alerts.find("a", NamespaceScope.ALL)).isEmpty();
        assertThat(timeline("a")).isEmpty();
        assertThat(incident("b").status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(take(alert("a", 1, Severity.LOW, 10)))
                .as("as if it had never been")
                .isEqualTo(Applied.NEW);
    }

    @ParameterizedTest
    @EnumSource
    void suppressedAlertIsKeptAndNotNotified(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.HIGH, 10).within("i", null, "decision-1"));
        assertThat(notified("slack")).isEmpty();
        assertThat(incident("i").unreported()).isTrue();
        assertThat(alerts.find("a", NamespaceScope.ALL)).isPresent();
        take(alert("b", 1, Severity.LOW, 20).within("i", null, null));
        assertThat(incident("i").unreported()).isFalse();
        assertThat(notified("slack")).singleElement().satisfies(each -> assertThat(each.alerts())
                .extracting(Alert::id)
                .containsExactly("b"));
    }

    @ParameterizedTest
    @EnumSource
    void programsAreToldOfEveryAlertAndPeopleOfTheWorst(Databases kind) throws Exception {
        open(kind);
        groups = new NotificationGroups(
                database, Routes.toAll(Map.of("slack", Severity.LOW, "siem", Severity.LOW)), Map.of(), Set.of("siem"));
        incidents = new IncidentService(database, groups, clock, metrics);
        List<Alert> many = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            many.add(of("one", alert("a" + i, 1, Severity.LOW, 10)));
        }
        incidents.take(many);
        flush();
        assertThat(notified("slack")).hasSize(1).first().satisfies(each -> {
            assertThat(each.alerts()).hasSize(20);
            assertThat(each.more()).isEqualTo(25);
        });
        List<Notification> siem = notified("siem");
        assertThat(siem).extracting(each -> each.alerts().size()).containsExactly(20, 20, 5);
        assertThat(siem).extracting(Notification::more).containsOnly(0);
        assertThat(siem).extracting(Notification::id).doesNotHaveDuplicates();
        assertThat(siem.stream()
                        .flatMap(each -> each.alerts().stream())
                        .map(Alert::id)
                        .distinct())
                .hasSize(45);
        change("one", Action.RESOLVE, null);
        flush();
        assertThat(notified("siem").stream()
                        .flatMap(each -> each.resolved().stream())
                        .map(Alert::id)
                        .distinct())
                .hasSize(45);
    }

    @ParameterizedTest
    @EnumSource
    void notificationOfANewEpisodeHasANewId(Databases kind) throws Exception {
        open(kind);
        List<Notification> all = new ArrayList<>();
        for (int episode = 1; episode <= 3; episode++) {
            take(alert("a", episode, Severity.LOW, 10L * episode));
            change("a", Action.RESOLVE, null);
            all.addAll(notified("slack"));
        }
        assertThat(all).hasSize(6);
        assertThat(all).extracting(Notification::id).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void aGroupThatFailsHoldsUpNoOther(Databases kind) throws Exception {
        open(kind);
        incidents.take(List.of(alert("a", 1, Severity.LOW, 10)));
        database.inTransaction(
                handle -> handle.execute("update notification_group set labels = 'no JSON', due_ms = 1"));
        incidents.take(List.of(alert("b", 1, Severity.LOW, 10)));
        NotificationGroups.Flushed flushed = groups.flush(now);
        assertThat(flushed.decided()).isEqualTo(2);
        assertThat(flushed.failed()).isEqualTo(1);
        assertThat(notified("slack")).singleElement().satisfies(each -> assertThat(each.alerts())
                .extracting(Alert::id)
                .containsExactly("b"));
        assertThat(groups.flush(now).decided()).as("not at once again").isZero();
        database.inTransaction(handle ->
                handle.execute("update notification_group set labels = '{\"labels\":{}}' where labels = 'no JSON'"));
        now += 60_000;
        flush();
        assertThat(notified("slack")).as("it is not lost").singleElement().satisfies(each -> assertThat(each.alerts())
                .extracting(Alert::id)
                .containsExactly("a"));
    }

    @ParameterizedTest
    @EnumSource
    void aGroupMayBeLargerThanAStatementTakes(Databases kind) throws Exception {
        open(kind);
        incidents.take(List.of(alert("a", 1, Severity.LOW, 10)));
        String numbers = kind == Databases.H2 ? "system_range(1, 70000)" : "generate_series(1, 70000) as r (x)";
        database.inTransaction(handle -> handle.execute("insert into notification_member (group_id, alert, incident,"
                + " changed) select (select id from notification_group), 'x' || x, 'i' || x, false from " + numbers));
        assertThat(groups.flush(now).failed()).isZero();
        assertThat(notified("slack")).hasSize(1).first().satisfies(each -> {
            assertThat(each.alerts()).extracting(Alert::id).containsExactly("a");
            assertThat(each.incidents()).hasSize(1);
        });
    }

    @ParameterizedTest
    @EnumSource
    void aNotificationHoldsSoManyIncidentsAtMost(Databases kind) throws Exception {
        open(kind);
        groups = new NotificationGroups(database, Routes.toAll(Map.of("slack", Severity.LOW)), Map.of());
        incidents = new IncidentService(database, groups, clock, metrics);
        for (int i = 0; i < 60; i++) {
            incidents.take(List.of(alert("a" + i, 1, Severity.LOW, 10)));
        }
        // As a route that groups by nothing would have it.
        database.inTransaction(handle -> {
            String first = handle.createQuery("select min(id) from notification_group")
                    .mapTo(String.class)
                    .one();
            handle.createUpdate("update notification_member set group_id = :first")
                    .bind("first", first)
                    .execute();
            return first;
        });
        flush();
        assertThat(notified("slack")).singleElement().satisfies(each -> {
            assertThat(each.alerts()).hasSize(20);
            assertThat(each.more()).isEqualTo(40);
            assertThat(each.incidents()).hasSize(41);
            assertThat(each.incidents().subList(0, 20))
                    .extracting(Incident::id)
                    .containsExactlyElementsOf(
                            each.alerts().stream().map(Alert::id).toList());
        });
    }

    @ParameterizedTest
    @EnumSource
    void notificationsOfRemovedReceiversAreDeleted(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.HIGH, 10));
        incidents.take(List.of(alert("b", 1, Severity.HIGH, 10)));
        groups = new NotificationGroups(database, Routes.toAll(Map.of("slack", Severity.LOW)), Map.of());
        flush();
        assertThat(notified("slack")).hasSize(2);
        assertThat(outbox.depths()).as("another replica may have it").hasSize(1);
        assertThat(groups.forgetGone(now)).isZero();
        assertThat(groups.forgetGone(now + 1)).isEqualTo(1);
        assertThat(outbox.depths()).isEmpty();
        List<String> left =
                database.query(handle -> handle.createQuery("select distinct receiver from notification_group")
                        .mapTo(String.class)
                        .list());
        assertThat(left).containsExactly("slack");
    }

    @ParameterizedTest
    @EnumSource
    void rightAlertEndsAFalseAlarm(Databases kind) throws Exception {
        open(kind);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        take(of("i", alert("b", 1, Severity.LOW, 10)));
        change("i", Action.EXPECT, null);
        now += 30_000;
        flush();
        notified("slack");
        long version = incident("i").version();

        incidents.judge("b", false, "bob", "it is an attack", NamespaceScope.ALL);
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(incident("i").version()).isGreaterThan(version);
        assertThat(store.timeline("i", 0, 100, NamespaceScope.ALL)).last().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(Kind.REOPENED);
            assertThat(entry.who()).isEqualTo("bob");
            assertThat(entry.alert()).isEqualTo("b");
            assertThat(entry.detail()).isEqualTo("right: it is an attack");
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
        long judged = incident("i").version();
        assertThatThrownBy(() -> incidents.change(
                        "i",
                        version,
                        new IncidentChange(Action.ACKNOWLEDGE, "ann", null, null, null),
                        NamespaceScope.ALL))
                .isInstanceOf(ConflictException.class);
        incidents.judge("b", true, "ann", null, NamespaceScope.ALL);
        assertThat(incident("i").status()).as("all are again").isEqualTo(IncidentStatus.EXPECTED);
        assertThat(incident("i").version()).isGreaterThan(judged);
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
        assertThat(incidents.undo(id, "bob", new NamespaceScope(Set.of("data"))))
                .isEmpty();
        now += 30_000;
        DecisionStore.Decision undone =
                incidents.undo(id, "bob", NamespaceScope.ALL).orElseThrow();
        assertThat(undone.undoneBy()).isEqualTo("bob");
        assertThat(undone.undoneMs()).isEqualTo(now);
        assertThat(undone.undone()).isTrue();
        assertThat(incidents.undo(id, "bob", NamespaceScope.ALL)).isEmpty();
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(store.timeline("i", 0, 100, NamespaceScope.ALL)).last().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(Kind.REOPENED);
            assertThat(entry.who()).isEqualTo("bob");
            assertThat(entry.detail()).isEqualTo("not a false alarm any more");
        });
        flush();
        assertThat(notified("slack")).as("it is to be seen to").hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void scopeLimitsViewAndDecisions(Databases kind) throws Exception {
        open(kind);
        NamespaceScope shop = new NamespaceScope(Set.of("shop"));
        Entity keys = new Entity("vault", "keys", "Deployment", null, null, null, null, null);
        take(of("i", alert("a", 1, Severity.LOW, 10)));
        take(of("i", alert("b", Severity.HIGH, "a secret of vault", keys)));
        now += 30_000;
        flush();
        assertThat(incident("i").title()).isEqualTo("a secret of vault");
        Incident seen = store.find("i", shop).orElseThrow();
        assertThat(seen.title()).isEqualTo("shop/web <to> shop/db & more");
        assertThat(seen.severity()).isEqualTo(Severity.HIGH);
        IncidentStore.Query all = new IncidentStore.Query(null, null, null, null, null, true, null, 10);
        assertThat(store.list(all, shop)).containsExactly(seen);
        assertThat(store.list(all, NamespaceScope.ALL)).containsExactly(incident("i"));
        assertThat(store.timeline("i", 0, 100, shop))
                .hasSameSizeAs(timeline("i"))
                .satisfies(entries -> {
                    assertThat(entries.toString()).doesNotContain("secret");
                    assertThat(entries)
                            .extracting(TimelineEntry::alert)
                            .contains("a")
                            .doesNotContain("b");
                });
        assertThat(store.events(0, 100, shop))
                .hasSize(timeline("i").size())
                .satisfies(events -> assertThat(events.toString()).doesNotContain("secret"));
        assertThat(store.events(0, 100, NamespaceScope.ALL).toString()).contains("secret");
        assertThat(store.events(0, 100, new NamespaceScope(Set.of()))).isEmpty();

        IncidentChange expected = new IncidentChange(Action.EXPECT, "shop-analyst", null, null, null);
        assertThatThrownBy(() -> incidents.change("i", null, expected, shop)).isInstanceOf(OutOfScopeException.class);
        assertThat(new DecisionStore(database).unpublished(10)).isEmpty();
        assertThat(incidents
                        .change("i", null, new IncidentChange(Action.NOTE, "shop-analyst", "hm", null, null), shop)
                        .orElseThrow()
                        .title())
                .isEqualTo(seen.title());
        assertThat(incidents.judge("a", true, "shop-analyst", null, shop)).isPresent();
        assertThat(incidents.judge("b", true, "shop-analyst", null, shop)).isEmpty();

        incidents.change("i", null, new IncidentChange(Action.EXPECT, "ann", null, null, null), NamespaceScope.ALL);
        assertThatThrownBy(() -> incidents.change(
                        "i", null, new IncidentChange(Action.REOPEN, "shop-analyst", null, null, null), shop))
                .isInstanceOf(OutOfScopeException.class);
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.EXPECTED);
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
        assertThatThrownBy(() -> incidents.change("i", read, expect, NamespaceScope.ALL))
                .isInstanceOf(ConflictException.class);
        long again = incident("i").version();
        take(of("i", alert("b", 2, Severity.HIGH, 20)));
        assertThatThrownBy(() -> incidents.change("i", again, expect, NamespaceScope.ALL))
                .isInstanceOf(ConflictException.class);
    }

    @ParameterizedTest
    @EnumSource
    void anotherAlertReopensHoweverOldItIs(Databases kind) throws Exception {
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
    void notifiedAlertIsReportedOverInAnyCase(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        assertThat(notified("slack")).hasSize(1);
        now += 10_000;
        take(alert("a", 2, Severity.HIGH, 20));
        assertThat(notified("slack")).as("not yet").isEmpty();
        change("a", Action.RESOLVE, null);
        assertThat(notified("slack")).singleElement().satisfies(over -> {
            assertThat(over.kind()).isEqualTo(Notification.Kind.RESOLVED);
            assertThat(over.resolved()).extracting(Alert::id).containsExactly("a");
        });
    }

    @ParameterizedTest
    @EnumSource
    void changesDuringADecisionAreNotifiedAfterIt(Databases kind) throws Exception {
        open(kind);
        incidents.take(List.of(alert("a", 1, Severity.LOW, 10)));
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> resolved = database.inTransaction(handle -> {
                List<String> ids = handle.createQuery("select id from notification_group for update")
                        .mapTo(String.class)
                        .list();
                assertThat(ids).hasSize(1);
                Future<?> resolving = other.submit(() -> incidents.change(
                        "a", null, new IncidentChange(Action.RESOLVE, "ann", null, null, null), NamespaceScope.ALL));
                // Long enough for a caller that does not wait; one that waits continues when this is over.
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
                handle.execute("update notification_group set due_ms = null, sent_ms = " + now);
                handle.execute("update notification_member set changed = false, notified = true");
                return resolving;
            });
            resolved.get();
        } finally {
            other.shutdown();
        }
        flush();
        assertThat(notified("slack")).extracting(Notification::kind).containsExactly(Notification.Kind.RESOLVED);
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

    @ParameterizedTest
    @EnumSource
    void undoneDecisionsAreKeptAsLongAsOthers(Databases kind) throws Exception {
        open(kind);
        incidents.decide(suppression("old", 60, null));
        new DecisionStore(database).published(decisions(false).get(0));
        incidents.undo("old", "ann", NamespaceScope.ALL);
        new DecisionStore(database).published(decisions(true).get(0));
        incidents.forget(100_000);
        assertThat(decisions(true)).hasSize(1);
        now += 100_001;
        incidents.forget(100_000);
        assertThat(decisions(true)).isEmpty();
    }

    private static Feedback suppression(String id, long atMs, @Nullable Long untilMs) {
        return new Feedback(id, Feedback.Action.SUPPRESS, null, "shop", null, null, null, untilMs, atMs, "other", null);
    }

    private List<DecisionStore.Decision> decisions(boolean withUndone) throws Exception {
        return new DecisionStore(database)
                .list(
                        new DecisionStore.Query(null, null, withUndone ? null : (Long) now, null, 100),
                        NamespaceScope.ALL);
    }

    @ParameterizedTest
    @EnumSource
    void foreignDecisionsAreKeptOlderOnesIgnored(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        Feedback expected = new Feedback(
                "theirs", Feedback.Action.EXPECTED, null, null, null, null, "a", null, 50, "other", "known");
        incidents.mirror("theirs", expected, 51);
        incidents.mirror("theirs", expected, 51);
        List<Kind> happened = timeline("a");
        assertThat(happened).filteredOn(each -> each == Kind.EXPECTED).hasSize(2);
        assertThat(alerts.find("a", NamespaceScope.ALL).orElseThrow().decision())
                .isEqualTo("expected");
        assertThat(decisions(false)).containsExactly(new DecisionStore.Decision(expected, false, true, null, null));
        incidents.mirror("theirs", null, 40);
        assertThat(decisions(false)).as("taken back before it was made").hasSize(1);
        incidents.mirror("theirs", null, 60);
        assertThat(alerts.find("a", NamespaceScope.ALL).orElseThrow().decision())
                .isNull();
        assertThat(decisions(false)).isEmpty();
        assertThat(decisions(true).get(0).undoneMs()).isEqualTo(60);
        happened = timeline("a");
        incidents.mirror("theirs", expected, 51);
        incidents.mirror("theirs", null, 60);
        assertThat(timeline("a")).as("what comes again is no news").isEqualTo(happened);
        assertThat(decisions(false)).isEmpty();

        Feedback ours = suppression("ours", 60, null);
        incidents.decide(ours);
        incidents.mirror("ours", null, 70);
        assertThat(decisions(false)).as("the topic still lacks it").containsExactly(DecisionStore.Decision.of(ours));
        new DecisionStore(database).published(decisions(false).get(0));
        incidents.mirror("ours", suppression("ours", 59, 1L), 59);
        assertThat(decisions(false).get(0).feedback()).isEqualTo(ours);
    }

    @ParameterizedTest
    @EnumSource
    void decisionChangedWhilePublishedIsRepublished(Databases kind) throws Exception {
        open(kind);
        DecisionStore store = new DecisionStore(database);
        incidents.decide(suppression("mine", 60, null));
        DecisionStore.Decision onItsWay = store.unpublished(10).get(0);
        Feedback newer = suppression("mine", 61, null);
        incidents.decide(newer);
        store.published(onItsWay);
        assertThat(store.unpublished(10))
                .extracting(DecisionStore.Decision::feedback)
                .containsExactly(newer);
        store.published(store.unpublished(10).get(0));
        assertThat(store.unpublished(10)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void suppressionsThatEndedAreTakenOutOfTheTopic(Databases kind) throws Exception {
        open(kind);
        incidents.decide(suppression("ended", 60, now + 10));
        incidents.decide(suppression("holds", 60, now + 1_000));
        now += 500;
        assertThat(incidents.expire(600)).isZero();
        assertThat(incidents.expire(400)).isEqualTo(1);
        assertThat(decisions(false)).extracting(each -> each.feedback().id()).containsExactly("holds");
        assertThat(new DecisionStore(database).unpublished(10))
                .as("the topic is to forget it")
                .anySatisfy(each -> {
                    assertThat(each.feedback().id()).isEqualTo("ended");
                    assertThat(each.undone()).isTrue();
                });
    }

    @ParameterizedTest
    @EnumSource
    void listsAreFilteredPagedAndWithinTheScope(Databases kind) throws Exception {
        open(kind);
        for (int i = 0; i < 25; i++) {
            take(of("i" + i % 5, alert("a" + i, 1, i % 2 == 0 ? Severity.LOW : Severity.HIGH, 100 + i / 2)));
        }
        List<String> ids = new ArrayList<>();
        @Nullable Cursor before = null;
        do {
            List<AlertStore.Stored> page = alerts.list(
                    new AlertStore.Query(null, null, null, null, "shop", "web", null, null, null, null, before, 10),
                    new NamespaceScope(Set.of("shop", "other")));
            page.forEach(each -> ids.add(each.alert().id()));
            Alert last = page.get(page.size() - 1).alert();
            before = page.size() < 10 ? null : new Cursor(last.lastSeenMs(), last.id());
        } while (before != null);
        assertThat(ids).hasSize(25).doesNotHaveDuplicates();
        assertThat(alerts.list(AlertStore.Query.first(100), new NamespaceScope(Set.of("other"))))
                .isEmpty();
        assertThat(alerts.list(AlertStore.Query.first(100), new NamespaceScope(Set.of())))
                .isEmpty();
        assertThat(alerts.list(
                        new AlertStore.Query(
                                null,
                                Severity.HIGH,
                                null,
                                "policy",
                                null,
                                null,
                                "i1",
                                IncidentStatus.OPEN,
                                100L,
                                108L,
                                null,
                                100),
                        NamespaceScope.ALL))
                .extracting(each -> each.alert().id())
                .containsExactlyInAnyOrder("a1", "a11");
        assertThat(store.list(
                        new IncidentStore.Query(
                                null, IncidentStatus.OPEN, Severity.HIGH, "shop", null, false, null, 100),
                        NamespaceScope.ALL))
                .hasSize(5);
        assertThat(store.find("i0", new NamespaceScope(Set.of("other")))).isEmpty();
    }
}
