package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.AlertStore.Applied;
import dev.weir.alerting.store.Cursor;
import dev.weir.alerting.store.Databases;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Intake of alerts, changes, lists and retention of incidents, on both databases. */
class IncidentServiceTest extends IncidentHarness {
    @ParameterizedTest
    @EnumSource
    void newestRevisionIsKept(Databases kind) throws Exception {
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
    void changeOfAnOldVersionIsRefused(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        long version = incident("a").version();
        IncidentChange ack = new IncidentChange(Action.ACKNOWLEDGE, "ann", null, null, null);
        assertThat(incidents.changes().apply("a", version, ack, NamespaceScope.ALL))
                .isPresent();
        assertThatThrownBy(() -> incidents
                        .changes()
                        .apply(
                                "a",
                                version,
                                new IncidentChange(Action.RESOLVE, "bob", null, null, null),
                                NamespaceScope.ALL))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("version 2, not 1");
        assertThatThrownBy(() -> change("a", Action.SNOOZE, null))
                .isInstanceOf(ImpossibleChangeException.class)
                .hasMessageContaining("until_ms");
        assertThat(incidents.changes().apply("a", null, ack, new NamespaceScope(Set.of("other"))))
                .isEmpty();
        assertThat(incidents.changes().apply("b", null, ack, NamespaceScope.ALL))
                .isEmpty();
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
                        incidents
                                .changes()
                                .apply(
                                        "a",
                                        1L,
                                        new IncidentChange(Action.NOTE, who, "mine", null, null),
                                        NamespaceScope.ALL);
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
    void concurrentReplicasLoseNoAlert(Databases kind) throws Exception {
        open(kind);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Applied>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Alert alert = of("i", alert("a" + i, 1, Severity.LOW, 10 + i));
                all.add(() -> incidents.alerts().take(List.of(alert)).get(0));
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
    void alertFromOutsideBelongsToItsDestination(Databases kind) throws Exception {
        open(kind);
        Entity outside = new Entity(null, null, null, null, "198.51.100.7", null, null, null);
        take(alert("a", 1, Severity.HIGH, 1, 10, outside));
        NamespaceScope shop = new NamespaceScope(Set.of("shop"));
        assertThat(store.find("a", shop)).isPresent();
        assertThat(incidents.decisions().decideOn("a", true, "ann", null, shop)).isPresent();
        assertThat(decisions(false))
                .singleElement()
                .satisfies(each -> assertThat(each.feedback().namespace()).isEqualTo("shop"));
    }

    @ParameterizedTest
    @EnumSource
    void tooManyAlertsDeleteIncidentsThatAreOver(Databases kind) throws Exception {
        open(kind);
        for (int i = 0; i < 5; i++) {
            take(alert("over-" + i, 1, Severity.CRITICAL, i));
            now += 1_000;
            change("over-" + i, Action.RESOLVE, null);
        }
        take(alert("open", 1, Severity.LOW, 10));
        assertThat(incidents.retention().deleteSurplus(4))
                .as("they have just been over")
                .isZero();
        now += Duration.ofMinutes(11).toMillis();
        assertThat(incidents.retention().deleteSurplus(4)).isEqualTo(2);
        assertThat(store.find("over-1", NamespaceScope.ALL)).isEmpty();
        assertThat(alerts.find("over-1", NamespaceScope.ALL)).isEmpty();
        assertThat(timeline("over-1")).isEmpty();
        assertThat(alerts.find("over-2", NamespaceScope.ALL)).isPresent();
        assertThat(incident("open").status()).isEqualTo(IncidentStatus.OPEN);
    }

    @ParameterizedTest
    @EnumSource
    void tooManyOpenAlertsResolveTheLeast(Databases kind) throws Exception {
        open(kind);
        take(alert("low", 1, Severity.LOW, 30));
        take(alert("old", 1, Severity.HIGH, 10));
        take(alert("high", 1, Severity.HIGH, 20));
        take(alert("taken", 1, Severity.LOW, 10));
        change("taken", Action.ACKNOWLEDGE, null);
        flush();
        notified("slack");
        assertThat(incidents.retention().deleteSurplus(2)).isZero();
        assertThat(incident("low").status()).isEqualTo(IncidentStatus.RESOLVED);
        assertThat(incident("old").status()).isEqualTo(IncidentStatus.RESOLVED);
        assertThat(incident("high").status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(incident("taken").status()).isEqualTo(IncidentStatus.ACKNOWLEDGED);
        assertThat(incidents.retention().deleteSurplus(2))
                .as("room is made already")
                .isZero();
        assertThat(incident("high").status()).isEqualTo(IncidentStatus.OPEN);
        now += Duration.ofMinutes(5).toMillis();
        flush();
        assertThat(notified("slack")).isNotEmpty();
        now += Duration.ofMinutes(11).toMillis();
        assertThat(incidents.retention().deleteSurplus(2)).isEqualTo(2);
        assertThat(store.find("low", NamespaceScope.ALL)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void silentIncidentIsResolved(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        now += Duration.ofHours(23).toMillis();
        incidents.retention().resolveIdle(Duration.ofHours(24).toMillis());
        assertThat(incident("a").status()).isEqualTo(IncidentStatus.OPEN);
        now += Duration.ofHours(2).toMillis();
        incidents.retention().resolveIdle(Duration.ofHours(24).toMillis());
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
        assertThat(incidents.retention().delete(91 * day)).isZero();
        assertThat(incidents.retention().delete(89 * day)).isEqualTo(1);
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
    void scopeLimitsViewAndDecisions(Databases kind) throws Exception {
        open(kind);
        NamespaceScope shop = new NamespaceScope(Set.of("shop"));
        Entity keys = Entity.workload("vault", "keys", "Deployment");
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
        assertThatThrownBy(() -> incidents.changes().apply("i", null, expected, shop))
                .isInstanceOf(OutOfScopeException.class);
        assertThat(new DecisionStore(database).unpublished(10)).isEmpty();
        assertThat(incidents
                        .changes()
                        .apply("i", null, new IncidentChange(Action.NOTE, "shop-analyst", "hm", null, null), shop)
                        .orElseThrow()
                        .title())
                .isEqualTo(seen.title());
        assertThat(incidents.decisions().decideOn("a", true, "shop-analyst", null, shop))
                .isPresent();
        assertThat(incidents.decisions().decideOn("b", true, "shop-analyst", null, shop))
                .isEmpty();

        incidents
                .changes()
                .apply("i", null, new IncidentChange(Action.EXPECT, "ann", null, null, null), NamespaceScope.ALL);
        assertThatThrownBy(() -> incidents
                        .changes()
                        .apply("i", null, new IncidentChange(Action.REOPEN, "shop-analyst", null, null, null), shop))
                .isInstanceOf(OutOfScopeException.class);
        assertThat(incident("i").status()).isEqualTo(IncidentStatus.EXPECTED);
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
