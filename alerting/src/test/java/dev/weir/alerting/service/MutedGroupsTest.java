package dev.weir.alerting.service;

import static dev.weir.alerting.Alerts.alert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.message.Notification;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.RoutesConfig;
import dev.weir.alerting.store.Databases;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups whose route is muted at night, on both databases. */
class MutedGroupsTest extends IncidentHarness {
    private static final long EVENING = Instant.parse("2026-11-28T22:00:00Z").toEpochMilli();

    @ParameterizedTest
    @EnumSource
    void mutedGroupIsNotifiedWhenMutingIsOver(Databases kind) throws Exception {
        open(kind);
        groups = new NotificationGroups(database, mutedAtNight(), Map.of());
        incidents = IncidentService.of(database, groups, clock, metrics);
        now = EVENING;
        incidents.alerts().take(List.of(alert("a", 1, Severity.LOW, 10)));
        assertThat(groups.flush(now).reasons()).isEqualTo(Map.of(NotifyReason.MUTED, 1));
        assertThat(groups.flush(now).decided()).as("not at once again").isZero();
        now += Duration.ofHours(1).toMillis();
        assertThat(groups.flush(now).reasons()).isEqualTo(Map.of(NotifyReason.MUTED, 1));
        assertThat(notified("slack")).isEmpty();
        now += Duration.ofHours(1).toMillis();
        assertThat(groups.flush(now).reasons()).isEqualTo(Map.of(NotifyReason.NEW, 1));
        assertThat(notified("slack")).singleElement().satisfies(each -> {
            assertThat(each.kind()).isEqualTo(Notification.Kind.FIRING);
            assertThat(each.alerts()).extracting(Alert::id).containsExactly("a");
        });
    }

    private static Routes mutedAtNight() {
        RoutesConfig.Interval night =
                new RoutesConfig.Interval(List.of(new RoutesConfig.Times("22:00", "24:00")), null, null, null, null);
        RoutesConfig.Node node =
                new RoutesConfig.Node("slack", null, null, null, null, null, List.of("night"), null, null, null, null);
        RoutesConfig config = new RoutesConfig(node, List.of(new RoutesConfig.Named("night", List.of(night))), null);
        return Routes.of("routes.yaml", config, Set.of("slack"));
    }
}
