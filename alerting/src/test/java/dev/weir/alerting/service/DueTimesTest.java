package dev.weir.alerting.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.Routes.Route;
import dev.weir.alerting.route.RoutesConfig;
import dev.weir.alerting.store.GroupStore.Group;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The times at which groups are due, and the terms of routes that set them. */
class DueTimesTest {
    private static final long NOW = 1_000_000;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** The group's times, and the time after a change: wait 10 s, interval 30 s. */
    @ParameterizedTest
    @CsvSource({
        ",, 1010000",
        "1005000,, 1005000",
        "1020000,, 1010000",
        ", 990000, 1020000",
        ", 900000, 1000000",
        "1003000, 990000, 1003000"
    })
    void changeIsDueAfterWaitOrInterval(@Nullable Long dueMs, @Nullable Long sentMs, long expected) {
        Group group = new Group("g", "g", "slack", "", Map.of(), dueMs, sentMs);
        assertThat(DueTimes.afterChange(group, route(HOUR, List.of()), NOW)).isEqualTo(expected);
    }

    @Test
    void repetitionIsDueAfterItsInterval() {
        assertThat(DueTimes.isRepeatDue(NOW - 60_000, MINUTE, NOW)).isTrue();
        assertThat(DueTimes.isRepeatDue(NOW - 59_999, MINUTE, NOW)).isFalse();
        assertThat(DueTimes.isRepeatDue(null, MINUTE, NOW)).as("never notified").isFalse();
        assertThat(DueTimes.isRepeatDue(1L, Duration.ZERO, NOW))
                .as("never repeated")
                .isFalse();
    }

    @Test
    void receiverAndRouteRepeatThenTheShorterCounts() {
        assertThat(NotifyTerms.of(route(HOUR, List.of()), null, NOW)).isEqualTo(new NotifyTerms(HOUR, false, null));
        assertThat(NotifyTerms.of(route(HOUR, List.of()), MINUTE, NOW)).isEqualTo(new NotifyTerms(MINUTE, true, null));
        assertThat(NotifyTerms.of(route(MINUTE, List.of()), HOUR, NOW)).isEqualTo(new NotifyTerms(MINUTE, true, null));
        assertThat(NotifyTerms.of(route(Duration.ZERO, List.of()), HOUR, NOW))
                .isEqualTo(new NotifyTerms(HOUR, true, null));
    }

    @Test
    void mutedRouteIsLookedAtAgainAfterAMinute() {
        assertThat(NotifyTerms.of(route(HOUR, List.of("always")), null, NOW).mutedUntilMs())
                .isEqualTo(NOW + 60_000);
    }

    private static Route route(Duration repeat, List<String> muted) {
        RoutesConfig.Node node = new RoutesConfig.Node(
                "slack",
                null,
                null,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                repeat,
                muted,
                null,
                null,
                null,
                null);
        RoutesConfig.Interval always = new RoutesConfig.Interval(null, null, null, null, null);
        RoutesConfig config = new RoutesConfig(node, List.of(new RoutesConfig.Named("always", List.of(always))), null);
        return Routes.of("routes.yaml", config, Set.of("slack")).all().get(0);
    }
}
