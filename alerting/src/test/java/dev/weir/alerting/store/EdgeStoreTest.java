package dev.weir.alerting.store;

import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.store.EdgeStore.Used;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

public class EdgeStoreTest {
    private static final long NOW = 20_000 * DAY;

    private static Activity activity(
            long slice, String from, String to, int port, long connections, Verdict verdict, @Nullable String outcome) {
        return Activity.builder()
                .sliceMs(slice)
                .source(workload(from))
                .destination(workload(to))
                .port(port)
                .protocol("TCP")
                .verdict(verdict)
                .outcome(outcome)
                .connections(connections)
                .established(connections)
                .bytesSent(100L * connections)
                .packetsSent(1L)
                .packetsReceived(1L)
                .firstSeenMs(slice)
                .lastSeenMs(slice)
                .build();
    }

    private static Entity workload(String name) {
        String[] parts = name.split("/");
        return Entity.workload(parts[0], parts[1], "Deployment");
    }

    public static Activity plain(long slice, String from, String to, long connections) {
        return activity(slice, from, to, 80, connections, Verdict.FORWARDED, null);
    }

    @ParameterizedTest
    @EnumSource
    void activitiesOfAnEdgeAddUpByTime(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            EdgeStore store = new EdgeStore(database);
            store.add(
                    List.of(
                            plain(NOW - HOUR, "shop/web", "shop/db", 3),
                            plain(NOW - HOUR + 10_000, "shop/web", "shop/db", 4),
                            activity(NOW - HOUR, "shop/web", "data/x", 5432, 2, Verdict.DROPPED, "policy-denied")),
                    new Progress("t", Map.of(0, new Progress.Read(null, 3))));
            store.add(
                    List.of(plain(NOW - 2 * HOUR, "shop/web", "shop/db", 10)),
                    new Progress("t", Map.of(0, new Progress.Read(3L, 4), 1, new Progress.Read(null, 1))));
            assertThat(new IntakeOffsets(database).of("t")).isEqualTo(Map.of(0, 4L, 1, 1L));
            assertThat(new IntakeOffsets(database).of("other")).isEmpty();

            List<Used> lately = used(store, "shop", NOW - HOUR, NOW, NamespaceScope.ALL);
            assertThat(lately).extracting(each -> each.sum().connections()).containsExactly(7L, 2L);
            assertThat(lately.get(1).sum().dropped()).isEqualTo(2);
            assertThat(lately.get(1).sum().unexpected()).isEqualTo(2);
            assertThat(lately.get(1).edge().port()).isEqualTo(5432);
            assertThat(lately.get(0).sum().bytesSent()).isEqualTo(700);
            assertThat(used(store, "shop", NOW - DAY, NOW, NamespaceScope.ALL))
                    .first()
                    .satisfies(each -> assertThat(each.sum().connections()).isEqualTo(17));
            assertThat(used(store, "data", NOW - DAY, NOW, NamespaceScope.ALL)).hasSize(1);
            assertThat(used(store, null, NOW - DAY, NOW, new NamespaceScope(Set.of("data"))))
                    .hasSize(1);
            assertThat(used(store, null, NOW - DAY, NOW, new NamespaceScope(Set.of("none"))))
                    .isEmpty();

            store.delete(NOW + 2 * DAY);
            assertThat(used(store, "shop", NOW - HOUR, NOW, NamespaceScope.ALL))
                    .as("no longer by minute")
                    .isEmpty();
            assertThat(store.used(null, "shop", NOW - DAY, NOW, EdgeResolution.HOUR, NamespaceScope.ALL, 10))
                    .hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void activitiesOfAnotherReplicaAreNotAddedAgain(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            EdgeStore store = new EdgeStore(database);
            List<Activity> batch = List.of(plain(NOW - HOUR, "shop/web", "shop/db", 3));
            store.add(batch, new Progress("t", Map.of(0, new Progress.Read(null, 5))));
            for (Long before : Arrays.asList(null, 4L, 6L)) {
                assertThatThrownBy(() -> store.add(batch, new Progress("t", Map.of(0, new Progress.Read(before, 7)))))
                        .isInstanceOf(SQLException.class);
            }
            store.add(List.of(), new Progress("t", Map.of(0, new Progress.Read(5L, 7))));
            assertThat(new IntakeOffsets(database).of("t")).isEqualTo(Map.of(0, 7L));
            assertThat(used(store, null, NOW - DAY, NOW, NamespaceScope.ALL))
                    .singleElement()
                    .satisfies(each -> assertThat(each.sum().connections()).isEqualTo(3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void edgesOfAScannerAreFoldedWithoutLoss(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            EdgeStore store = new EdgeStore(database, new EdgesConfig(8, null, null));
            List<Activity> scan = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                scan.add(plain(NOW - HOUR, "shop/web", "shop/db", 1)
                        .between(
                                workload("shop/web"),
                                new Entity(null, null, null, null, "192.0.2." + i, null, null, null)));
            }
            assertThat(store.add(scan, Progress.NONE)).isEqualTo(42);
            List<Used> used = used(store, null, NOW - DAY, NOW, NamespaceScope.ALL);
            assertThat(used).hasSize(9);
            assertThat(used.get(0).edge().destination()).isEqualTo("address/others");
            assertThat(used.get(0).edge().source()).isEqualTo("workload/shop/Deployment/web");
            assertThat(used.get(0).edge().port()).isNull();
            assertThat(used.get(0).sum().connections()).isEqualTo(42);

            List<Activity> workloads = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                workloads.add(plain(NOW - HOUR, "shop/w" + i, "shop/db", 1));
                workloads.add(plain(NOW - HOUR, "n" + i + "/w", "shop/db", 1));
            }
            assertThat(store.add(workloads, Progress.NONE)).isEqualTo(100);
            used = store.used(null, null, NOW - DAY, NOW, EdgeResolution.HOUR, NamespaceScope.ALL, 100);
            assertThat(used)
                    .as("a quarter more for workloads without ports, a quarter for namespaces, and one for all others")
                    .hasSize(13);
            assertThat(used)
                    .extracting(each -> each.edge().source())
                    .contains("workload/shop/Deployment/w0", "namespace/shop", "address/others");
            assertThat(used.stream().mapToLong(each -> each.sum().connections()).sum())
                    .isEqualTo(150);
        }
    }

    @ParameterizedTest
    @EnumSource
    void edgesAreTooManyThenLeastUsedMakeRoom(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            EdgeStore store = new EdgeStore(database, new EdgesConfig(40, null, null));
            List<Activity> first = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                first.add(plain(NOW - HOUR, "shop/w" + i, "shop/db", 100 - i));
            }
            store.add(first, Progress.NONE);
            assertThat(store.delete(NOW)).isEqualTo(new EdgeStore.Deleted(2, 0));
            List<Activity> again = List.of(first.get(39), plain(NOW, "shop/new", "shop/db", 1));
            assertThat(store.add(again, Progress.NONE)).isZero();
            List<Used> used =
                    store.used(null, null, NOW - DAY, NOW + DAY, EdgeResolution.HOUR, NamespaceScope.ALL, 100);
            assertThat(used).hasSize(40);
            assertThat(used)
                    .extracting(each -> each.edge().source())
                    .doesNotContain("workload/shop/Deployment/w38")
                    .contains("workload/shop/Deployment/w39", "workload/shop/Deployment/new");
            int times = database.query(handle -> handle.createQuery("select count(*) from edge_time")
                    .mapTo(Integer.class)
                    .one());
            assertThat(times)
                    .as("three for each edge, and none of those that are gone")
                    .isEqualTo(120);
        }
    }

    @ParameterizedTest
    @EnumSource
    void timesAreTooManyThenOldestAreDeleted(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            EdgeStore store = new EdgeStore(database, new EdgesConfig(null, 40, null));
            for (int hour = 0; hour < 30 * 24; hour += 6) {
                store.add(List.of(plain(NOW - hour * HOUR, "shop/web", "shop/db", 1)), Progress.NONE);
            }
            assertThat(store.delete(NOW).rows()).isPositive();
            Map<Integer, Integer> left = database.query(
                    handle -> handle.createQuery("select resolution, count(*) from edge_time group by resolution")
                            .reduceRows(new HashMap<Integer, Integer>(), (map, row) -> {
                                map.put(row.getColumn(1, Integer.class), row.getColumn(2, Integer.class));
                                return map;
                            }));
            assertThat(left).containsEntry(0, 9).containsEntry(1, 10).containsEntry(2, 10);
            assertThat(store.used(null, null, NOW - HOUR, NOW + HOUR, EdgeResolution.MINUTE, NamespaceScope.ALL, 10))
                    .as("the newest stay")
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void edgesWithoutTimesAreDeleted(Databases kind) throws Exception {
        try (Database database = kind.open()) {
            EdgeStore store = new EdgeStore(database);
            store.add(List.of(plain(NOW, "shop/old", "shop/db", 1)), Progress.NONE);
            long later = NOW + 401 * DAY;
            store.add(List.of(plain(later, "shop/new", "shop/db", 1)), Progress.NONE);
            store.delete(later);
            List<String> left = database.query(handle -> handle.createQuery("select source from edge")
                    .mapTo(String.class)
                    .list());
            assertThat(left).containsExactly("workload/shop/Deployment/new");
            assertThat(store.used(null, null, NOW, later + DAY, EdgeResolution.DAY, NamespaceScope.ALL, 10))
                    .hasSize(1);
        }
    }

    private static List<Used> used(
            EdgeStore store, @Nullable String namespace, long from, long to, NamespaceScope scope) throws Exception {
        return store.used(null, namespace, from, to, EdgeResolution.of(from, to, NOW), scope, 10);
    }

    @Test
    void finestStepWithinAHundredIsTaken() {
        assertThat(EdgeResolution.of(NOW - HOUR, NOW, NOW)).isEqualTo(EdgeResolution.MINUTE);
        assertThat(EdgeResolution.of(NOW - DAY, NOW, NOW)).isEqualTo(EdgeResolution.HOUR);
        assertThat(EdgeResolution.of(NOW - 10 * DAY, NOW - 10 * DAY + HOUR, NOW))
                .isEqualTo(EdgeResolution.HOUR);
        assertThat(EdgeResolution.of(NOW - 300 * DAY, NOW, NOW)).isEqualTo(EdgeResolution.DAY);
    }
}
