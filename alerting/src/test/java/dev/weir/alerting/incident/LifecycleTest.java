package dev.weir.alerting.incident;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.incident.IncidentChange.Action;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifecycleTest {
    private static final long NOW = 1_000_000;

    @Test
    void firstAlertOpensIncident() {
        Lifecycle.Transition opened = Lifecycle.absorbed(null, alert("a", 1, Severity.HIGH, 10), true, false, NOW);
        assertThat(opened.kind()).contains(Kind.OPENED);
        assertThat(opened.incident().status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(opened.incident().severity()).isEqualTo(Severity.HIGH);
        assertThat(opened.incident().version()).isEqualTo(1);
        assertThat(opened.incident().alerts()).isEqualTo(1);
    }

    /** Statuses before and after each action; no status after it if the action is refused. */
    @ParameterizedTest
    @CsvSource({
        "OPEN, ACKNOWLEDGE, ACKNOWLEDGED",
        "OPEN, RESOLVE, RESOLVED",
        "OPEN, EXPECT, EXPECTED",
        "OPEN, REOPEN, OPEN",
        "ACKNOWLEDGED, RESOLVE, RESOLVED",
        "ACKNOWLEDGED, EXPECT, EXPECTED",
        "ACKNOWLEDGED, REOPEN,",
        "RESOLVED, ACKNOWLEDGE,",
        "RESOLVED, REOPEN, OPEN",
        "RESOLVED, EXPECT, EXPECTED",
        "EXPECTED, ACKNOWLEDGE,",
        "EXPECTED, RESOLVE,",
        "EXPECTED, REOPEN, OPEN",
        "RESOLVED, SNOOZE,",
        "EXPECTED, SNOOZE,",
    })
    void actionChangesStatusOrIsRefused(IncidentStatus before, Action action, @Nullable IncidentStatus after) {
        Incident incident = incident(before);
        IncidentChange change = new IncidentChange(action, "ann", "why", null, NOW + 1);
        if (after == null) {
            assertThatThrownBy(() -> Lifecycle.changed(incident, change, NOW))
                    .isInstanceOf(ImpossibleChangeException.class);
        } else {
            Lifecycle.Transition changed = Lifecycle.changed(incident, change, NOW);
            assertThat(changed.incident().status()).isEqualTo(after);
            assertThat(changed.incident().version() - incident.version()).isEqualTo(before == after ? 0 : 1);
            assertThat(changed.kind().isPresent()).isEqualTo(before != after);
        }
    }

    /** A resolved incident reopens with any new information, an expected one with a further alert only. */
    @ParameterizedTest
    @CsvSource({
        "RESOLVED, true, 5, OPEN",
        "RESOLVED, false, 20, OPEN",
        "RESOLVED, false, 10, RESOLVED",
        "EXPECTED, true, 5, OPEN",
        "EXPECTED, false, 20, EXPECTED",
        "ACKNOWLEDGED, true, 20, ACKNOWLEDGED",
    })
    void alertReopensIncidentThatIsOver(IncidentStatus before, boolean isNew, long lastSeen, IncidentStatus after) {
        Incident incident = incident(before);
        Alert alert = alert(isNew ? "b" : "a", 2, Severity.HIGH, lastSeen);
        assertThat(Lifecycle.absorbed(incident, alert, isNew, false, NOW)
                        .incident()
                        .status())
                .isEqualTo(after);
    }

    @Test
    void suppressedAlertDoesNotReopen() {
        Alert suppressed = alert("b", 1, Severity.HIGH, 20).within("a", null, "decision");
        Lifecycle.Transition next = Lifecycle.absorbed(incident(IncidentStatus.RESOLVED), suppressed, true, false, NOW);
        assertThat(next.incident().status()).isEqualTo(IncidentStatus.RESOLVED);
        assertThat(next.kind()).contains(Kind.ALERT);
    }

    @Test
    void moreSevereAlertRaisesIncidentAndTitle() {
        Alert worse = alert("b", 1, Severity.CRITICAL, 20);
        Lifecycle.Transition next = Lifecycle.absorbed(incident(IncidentStatus.OPEN), worse, true, false, NOW);
        assertThat(next.kind()).contains(Kind.RAISED);
        assertThat(next.incident().severity()).isEqualTo(Severity.CRITICAL);
        assertThat(next.incident().title()).isEqualTo(worse.title());
    }

    @Test
    void snoozeIsBoundedAndEndsWithIncident() {
        Incident open = incident(IncidentStatus.OPEN);
        Incident snoozed = Lifecycle.changed(open, snooze(NOW + 1), NOW).incident();
        assertThat(snoozed.isSnoozed(NOW)).isTrue();
        assertThat(snoozed.isReported(NOW)).isFalse();
        IncidentChange resolve = new IncidentChange(Action.RESOLVE, "ann", null, null, null);
        assertThat(Lifecycle.changed(snoozed, resolve, NOW).incident().snoozedUntilMs())
                .isNull();
        for (long until : new long[] {NOW, NOW + Duration.ofDays(367).toMillis()}) {
            assertThatThrownBy(() -> Lifecycle.changed(open, snooze(until), NOW))
                    .isInstanceOf(ImpossibleChangeException.class)
                    .hasMessageContaining("until_ms");
        }
    }

    @Test
    void noteNeedsText() {
        IncidentChange note = new IncidentChange(Action.NOTE, "ann", " ", null, null);
        assertThatThrownBy(() -> Lifecycle.changed(incident(IncidentStatus.OPEN), note, NOW))
                .isInstanceOf(ImpossibleChangeException.class)
                .hasMessageContaining("reason");
    }

    @Test
    void alertFoundRightReopensExpectedIncident() {
        Lifecycle.Transition next = Lifecycle.decided(incident(IncidentStatus.EXPECTED), false, "right", NOW);
        assertThat(next.incident().status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(next.kind()).contains(Kind.REOPENED);
    }

    private static IncidentChange snooze(long untilMs) {
        return new IncidentChange(Action.SNOOZE, "ann", null, null, untilMs);
    }

    /** An incident in a status, with one alert that was last seen at 10. */
    private static Incident incident(IncidentStatus status) {
        return Lifecycle.absorbed(null, alert("a", 1, Severity.HIGH, 10), true, false, NOW)
                .incident()
                .in(status, NOW);
    }
}
