package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentChange.Action;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.RoutesConfig;
import dev.weir.alerting.store.Databases;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snoozed incidents and suppressed alerts. */
class SnoozeTest extends IncidentHarness {
    @ParameterizedTest
    @EnumSource
    void snoozedIncidentIsNotifiedAfterItsTime(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        notified("slack");
        incidents
                .changes()
                .apply(
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
    void alertOfAnotherNamespaceEndsASnooze(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.HIGH, 10).within("i", null, null));
        notified("slack");
        IncidentChange snooze = new IncidentChange(Action.SNOOZE, "ann", "lunch", null, now + 3_600_000);
        incidents.changes().apply("i", null, snooze, new NamespaceScope(Set.of("shop")));
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
        assertThatThrownBy(() -> incidents
                        .changes()
                        .apply(
                                "i",
                                null,
                                new IncidentChange(Action.SNOOZE, "ann", null, null, Long.MAX_VALUE),
                                NamespaceScope.ALL))
                .hasMessage("'until_ms' must be within 366 days");
    }

    @ParameterizedTest
    @EnumSource
    void laterSuppressedAlertIsNotNotified(Databases kind) throws Exception {
        open(kind);
        Alert waits = alert("w", 1, Severity.LOW, 10);
        incidents.alerts().take(List.of(waits));
        incidents.alerts().take(List.of(alert("w", 2, Severity.LOW, 11).within(null, null, "s")));
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
    void groupIsNotOverWhileItsAlertsAreSnoozed(Databases kind) throws Exception {
        open(kind);
        RoutesConfig.Node together = new RoutesConfig.Node(
                "slack", null, List.of("namespace"), Duration.ZERO, Duration.ZERO, null, null, null, null, null, null);
        groups = new NotificationGroups(
                database, Routes.of("test", new RoutesConfig(together, null, null), Set.of("slack")), Map.of());
        incidents = IncidentService.of(database, groups, clock, metrics);
        take(of("i", alert("a", 1, Severity.HIGH, 10)));
        take(of("j", alert("b", 1, Severity.HIGH, 10)));
        assertThat(notified("slack")).hasSize(2);
        incidents
                .changes()
                .apply(
                        "i",
                        null,
                        new IncidentChange(Action.SNOOZE, "ann", null, null, now + 3_600_000),
                        NamespaceScope.ALL);
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
}
