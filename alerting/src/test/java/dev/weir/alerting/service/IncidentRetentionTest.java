package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.IncidentChange.Action;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.store.Databases;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bounds of age at which incidents are resolved, and more of them than one transaction resolves. */
class IncidentRetentionTest extends IncidentHarness {
    private static final int MORE_THAN_AT_ONCE = 101;
    private static final long IDLE_MS = 1_000;

    @ParameterizedTest
    @EnumSource
    void idleIncidentsAreResolvedInSeveralSteps(Databases kind) throws Exception {
        open(kind);
        List<Alert> all = IntStream.range(0, MORE_THAN_AT_ONCE)
                .mapToObj(i -> alert("a" + i, 1, Severity.LOW, 10))
                .toList();
        incidents.alerts().take(all);
        now += IDLE_MS + 1;
        assertThat(incidents.retention().resolveIdle(IDLE_MS)).isEqualTo(MORE_THAN_AT_ONCE);
        assertThat(incident("a0").status()).isEqualTo(IncidentStatus.RESOLVED);
        assertThat(incident("a100").status()).isEqualTo(IncidentStatus.RESOLVED);
        assertThat(incidents.retention().resolveIdle(IDLE_MS)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void incidentOfTheIdleTimeExactlyStaysOpen(Databases kind) throws Exception {
        open(kind);
        take(alert("b", 1, Severity.LOW, 10));
        now++;
        take(alert("a", 1, Severity.LOW, 10));
        now += IDLE_MS;
        assertThat(incidents.retention().resolveIdle(IDLE_MS)).isEqualTo(1);
        assertThat(incident("a").status()).isEqualTo(IncidentStatus.OPEN);
        assertThat(incident("b").status()).isEqualTo(IncidentStatus.RESOLVED);
    }

    @ParameterizedTest
    @EnumSource
    void idleIncidentIsReportedAsOver(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        notified("slack");
        now += IDLE_MS + 1;
        incidents.retention().resolveIdle(IDLE_MS);
        flush();
        assertThat(notified("slack")).extracting(Notification::kind).containsExactly(Notification.Kind.RESOLVED);
        assertThat(store.timeline("a", 0, 100, NamespaceScope.ALL))
                .filteredOn(entry -> entry.kind() == TimelineEntry.Kind.RESOLVED)
                .singleElement()
                .extracting(TimelineEntry::who)
                .isEqualTo(TimelineEntry.WEIR);
    }

    @ParameterizedTest
    @EnumSource
    void incidentThatEndedEarlierIsNotResolvedAgain(Databases kind) throws Exception {
        open(kind);
        take(alert("a", 1, Severity.LOW, 10));
        change("a", Action.EXPECT, "a migration");
        now += IDLE_MS + 1;
        assertThat(incidents.retention().resolveIdle(IDLE_MS)).isZero();
        assertThat(incident("a").status()).isEqualTo(IncidentStatus.EXPECTED);
    }
}
