package dev.weir.alerting.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.alerting.store.EdgeStore.Resolution;
import dev.weir.alerting.store.EdgeStore.Used;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EdgeStoreTest {
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final long NOW = 20_000 * DAY;

    private static Activity activity(
            long slice, String from, String to, int port, long connections, Verdict verdict, @Nullable String outcome) {
        return new Activity(
                slice,
                null,
                workload(from),
                workload(to),
                port,
                "TCP",
                verdict,
                null,
                outcome,
                List.of(),
                connections,
                connections,
                0,
                0,
                100L * connections,
                null,
                1L,
                1L,
                slice,
                slice,
                List.of(),
                1,
                0,
                0,
                List.of(),
                null,
                List.of());
    }

    private static Entity workload(String name) {
        String[] parts = name.split("/");
        return new Entity(parts[0], parts[1], "Deployment", null, null, null, null, null);
    }

    private static Activity plain(long slice, String from, String to, long connections) {
        return activity(slice, from, to, 80, connections, Verdict.FORWARDED, null);
    }

    @ParameterizedTest
    @EnumSource
    void whatGoesOverAnEdgeAddsUpByTime(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            EdgeStore store = new EdgeStore(database);
            store.add(
                    List.of(
                            plain(NOW - HOUR, "shop/web", "shop/db", 3),
                            plain(NOW - HOUR + 10_000, "shop/web", "shop/db", 4),
                            activity(NOW - HOUR, "shop/web", "data/x", 5432, 2, Verdict.DROPPED, "policy-denied")),
                    "t",
                    Map.of(0, 3L));
            store.add(List.of(plain(NOW - 2 * HOUR, "shop/web", "shop/db", 10)), "t", Map.of(0, 4L, 1, 1L));
            assertThat(store.offsets("t")).isEqualTo(Map.of(0, 4L, 1, 1L));
            assertThat(store.offsets("other")).isEmpty();

            List<Used> lately = used(store, "shop", NOW - HOUR, NOW, Scope.ALL);
            assertThat(lately).extracting(each -> each.sum().connections()).containsExactly(7L, 2L);
            assertThat(lately.get(1).sum().dropped()).isEqualTo(2);
            assertThat(lately.get(1).sum().unexpected()).isEqualTo(2);
            assertThat(lately.get(1).edge().port()).isEqualTo(5432);
            assertThat(lately.get(0).sum().bytesSent()).isEqualTo(700);
            assertThat(used(store, "shop", NOW - DAY, NOW, Scope.ALL))
                    .first()
                    .satisfies(each -> assertThat(each.sum().connections()).isEqualTo(17));
            assertThat(used(store, "data", NOW - DAY, NOW, Scope.ALL)).hasSize(1);
            assertThat(used(store, null, NOW - DAY, NOW, new Scope(Set.of("data"))))
                    .hasSize(1);
            assertThat(used(store, null, NOW - DAY, NOW, new Scope(Set.of("none"))))
                    .isEmpty();

            store.forget(NOW + 2 * DAY);
            assertThat(used(store, "shop", NOW - HOUR, NOW, Scope.ALL))
                    .as("no longer by minute")
                    .isEmpty();
            assertThat(store.used("shop", NOW - DAY, NOW, Resolution.HOUR, Scope.ALL, 10))
                    .hasSize(2);
        }
    }

    private static List<Used> used(EdgeStore store, @Nullable String namespace, long from, long to, Scope scope)
            throws Exception {
        return store.used(namespace, from, to, Resolution.of(from, to, NOW), scope, 10);
    }

    @Test
    void theFinestIsTakenThatIsKeptAndTellsItInAHundredSteps() {
        assertThat(Resolution.of(NOW - HOUR, NOW, NOW)).isEqualTo(Resolution.MINUTE);
        assertThat(Resolution.of(NOW - DAY, NOW, NOW)).isEqualTo(Resolution.HOUR);
        assertThat(Resolution.of(NOW - 10 * DAY, NOW - 10 * DAY + HOUR, NOW)).isEqualTo(Resolution.HOUR);
        assertThat(Resolution.of(NOW - 300 * DAY, NOW, NOW)).isEqualTo(Resolution.DAY);
    }
}
