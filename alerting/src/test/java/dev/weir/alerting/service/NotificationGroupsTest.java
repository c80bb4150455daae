package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentChange.Action;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.store.Databases;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Notifications of groups, on both databases. */
class NotificationGroupsTest extends IncidentHarness {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @ParameterizedTest
    @EnumSource
    void alertIsNotifiedOnceAndWhenItGetsWorse(Databases kind) throws Exception {
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
    void unavailableReceiverGetsOneRepetition(Databases kind) throws Exception {
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
    void programsGetAllAlertsPeopleTheWorst(Databases kind) throws Exception {
        open(kind);
        groups = new NotificationGroups(
                database, Routes.toAll(Map.of("slack", Severity.LOW, "siem", Severity.LOW)), Map.of(), Set.of("siem"));
        incidents = IncidentService.of(database, groups, clock, metrics);
        List<Alert> many = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            many.add(of("one", alert("a" + i, 1, Severity.LOW, 10)));
        }
        incidents.alerts().take(many);
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
    void failedGroupDelaysNoOther(Databases kind) throws Exception {
        open(kind);
        incidents.alerts().take(List.of(alert("a", 1, Severity.LOW, 10)));
        database.inTransaction(
                handle -> handle.execute("update notification_group set labels = 'no JSON', due_ms = 1"));
        incidents.alerts().take(List.of(alert("b", 1, Severity.LOW, 10)));
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
    void groupMayExceedTheSizeOfAStatement(Databases kind) throws Exception {
        open(kind);
        incidents.alerts().take(List.of(alert("a", 1, Severity.LOW, 10)));
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
    void incidentsOfANotificationAreBounded(Databases kind) throws Exception {
        open(kind);
        groups = new NotificationGroups(database, Routes.toAll(Map.of("slack", Severity.LOW)), Map.of());
        incidents = IncidentService.of(database, groups, clock, metrics);
        for (int i = 0; i < 60; i++) {
            incidents.alerts().take(List.of(alert("a" + i, 1, Severity.LOW, 10)));
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
        incidents.alerts().take(List.of(alert("b", 1, Severity.HIGH, 10)));
        groups = new NotificationGroups(database, Routes.toAll(Map.of("slack", Severity.LOW)), Map.of());
        flush();
        assertThat(notified("slack")).hasSize(2);
        assertThat(outbox.depths()).as("another replica may have it").hasSize(1);
        assertThat(groups.deleteGone(now)).isZero();
        assertThat(groups.deleteGone(now + 1)).isEqualTo(1);
        assertThat(outbox.depths()).isEmpty();
        List<String> left =
                database.query(handle -> handle.createQuery("select distinct receiver from notification_group")
                        .mapTo(String.class)
                        .list());
        assertThat(left).containsExactly("slack");
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
        incidents.alerts().take(List.of(alert("a", 1, Severity.LOW, 10)));
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> resolved = database.inTransaction(handle -> {
                List<String> ids = handle.createQuery("select id from notification_group for update")
                        .mapTo(String.class)
                        .list();
                assertThat(ids).hasSize(1);
                Future<?> resolving = other.submit(() -> incidents
                        .changes()
                        .apply(
                                "a",
                                null,
                                new IncidentChange(Action.RESOLVE, "ann", null, null, null),
                                NamespaceScope.ALL));
                // A caller that does not wait for the lock is done; the assertion at the end finds it.
                await().atMost(LIMIT).until(() -> resolving.isDone() || kind.isBlocking(database));
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
}
