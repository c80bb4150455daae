package dev.weir.benchmarks;

import static dev.weir.common.Millis.DAY;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.Cursor;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.EdgeResolution;
import dev.weir.alerting.store.EdgeStore;
import dev.weir.alerting.store.StatisticsStore;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures the API's queries over a store of a million alerts and ten million minutes of edges, beside reading one
 * alert by its id. Arguments: alerts, edges, JDBC URL (a new H2 file by default).
 */
public final class StoreQueries {
    private static final int BATCH = 5_000;
    private static final int BASE = 20_000;
    private static final int TURNS = 30;
    private static final int MINUTES = 1_440;
    private static final int NAMESPACES = 100;
    private static final long TODAY = 20_700 * DAY;

    private StoreQueries() {}

    /** A query that differs slightly each time, since a database may keep its last answer. */
    private interface Question {
        int ask(int turn) throws SQLException;
    }

    public static void main(String[] arguments) throws Exception {
        int alerts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        int edges = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 7_000;
        Path folder = Files.createTempDirectory("weir-store");
        String url = arguments.length > 2 ? arguments[2] : "jdbc:h2:file:" + folder.resolve("weir");
        try (Database database = new Database(url)) {
            fill(database, alerts);
            fillEdges(database, edges);
            AlertStore store = new AlertStore(database);
            EdgeStore edgeStore = new EdgeStore(database);
            System.out.printf("%d alerts, %d minutes of %d edges%n", alerts, (long) edges * MINUTES, edges);
            double one = time(
                    "one alert by its id",
                    0,
                    turn -> store.find("a" + (alerts / 2 + turn), NamespaceScope.ALL)
                                    .isPresent()
                            ? 1
                            : 0);
            time(
                    "alerts: newest 100",
                    one,
                    turn -> list(store, query(null, null, null, new Cursor(TODAY + turn, "")), NamespaceScope.ALL));
            time(
                    "alerts: high, a namespace, 100",
                    one,
                    turn -> list(store, query(Severity.HIGH, null, "ns" + turn, null), NamespaceScope.ALL));
            time(
                    "alerts: a namespace, a detector that it never has",
                    one,
                    turn -> list(
                            store, query(null, "detector-" + (turn + 1) % 20, "ns" + turn, null), NamespaceScope.ALL));
            time("alerts: a workload, critical, 100", one, turn -> store.list(
                            new AlertStore.Query(
                                    null,
                                    Severity.CRITICAL,
                                    null,
                                    null,
                                    null,
                                    "w" + turn,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    100),
                            NamespaceScope.ALL)
                    .size());
            time("alerts: critical, of resolved incidents, none", one, turn -> store.list(
                            new AlertStore.Query(
                                    null,
                                    Severity.CRITICAL,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    IncidentStatus.RESOLVED,
                                    TODAY - DAY + turn,
                                    null,
                                    null,
                                    100),
                            NamespaceScope.ALL)
                    .size());
            StatisticsStore statistics = new StatisticsStore(database);
            time("statistics: by detector", one, turn -> statistics
                    .byDetector(TODAY - DAY + turn, NamespaceScope.ALL)
                    .size());
            time(
                    "alerts: a detector, high, 100",
                    one,
                    turn -> list(store, query(Severity.HIGH, "detector-" + turn % 20, null, null), NamespaceScope.ALL));
            time(
                    "alerts: deep page, 100",
                    one,
                    turn -> list(
                            store,
                            query(null, null, null, new Cursor(TODAY - DAY / 2 - turn * 1_000, "a")),
                            NamespaceScope.ALL));
            time(
                    "alerts: scope of two namespaces, 100",
                    one,
                    turn -> list(
                            store,
                            query(null, null, null, null),
                            new NamespaceScope(Set.of("ns" + turn, "ns" + (turn + 1)))));
            time("service map: a day, a namespace, by hour", one, turn -> edgeStore
                    .used(null, "ns" + turn, TODAY, TODAY + DAY, EdgeResolution.HOUR, NamespaceScope.ALL, 10_000)
                    .size());
            time("service map: a day, a namespace, by minute", one, turn -> edgeStore
                    .used(null, "ns" + turn, TODAY, TODAY + DAY, EdgeResolution.MINUTE, NamespaceScope.ALL, 10_000)
                    .size());
            time("service map: an hour, all, by minute", one, turn -> edgeStore
                    .used(
                            null,
                            null,
                            TODAY + DAY / 2 + turn * 60_000,
                            TODAY + DAY / 2 + 3_600_000 + turn * 60_000,
                            EdgeResolution.MINUTE,
                            NamespaceScope.ALL,
                            10_000)
                    .size());
        }
    }

    private static AlertStore.Query query(
            @Nullable Severity severity,
            @Nullable String detector,
            @Nullable String namespace,
            @Nullable Cursor before) {
        return new AlertStore.Query(
                null, severity, detector, null, namespace, null, null, null, null, null, before, 100);
    }

    private static int list(AlertStore store, AlertStore.Query query, NamespaceScope scope) throws SQLException {
        return store.list(query, scope).size();
    }

    private static double time(String name, double reference, Question question) throws SQLException {
        long[] times = new long[TURNS];
        int rows = 0;
        for (int i = 0; i < TURNS; i++) {
            long start = System.nanoTime();
            rows = question.ask(i);
            times[i] = System.nanoTime() - start;
        }
        double first = times[0] / 1e6;
        Arrays.sort(times);
        double median = times[TURNS / 2] / 1e6;
        System.out.printf(
                "%-45s %6d rows  first %8.1f ms  median %8.2f ms  worst %8.1f ms%s%n",
                name,
                rows,
                first,
                median,
                times[TURNS - 1] / 1e6,
                reference > 0 ? String.format("  %.0f times one alert", median / reference) : "");
        return median;
    }

    /** Stores some alerts as they come in, and copies the others from them. */
    private static void fill(Database database, int alerts) throws SQLException {
        int base = Math.min(alerts, BASE);
        for (int from = 0; from < base; from += BATCH) {
            int first = from;
            database.inTransaction(handle -> {
                for (int i = first; i < Math.min(base, first + BATCH); i++) {
                    AlertStore.apply(handle, alert(i, TODAY - DAY + i * DAY / alerts));
                }
                return 0;
            });
        }
        database.inTransaction(
                handle -> handle.execute("update alert set status = 'resolved' where severity_rank = 0"));
        for (int copied = base; copied < alerts; copied += base) {
            int by = copied;
            database.inTransaction(handle -> handle.createUpdate("insert into alert (id, revision, flows, detector,"
                            + " category, severity, severity_rank, namespace, workload, destination_namespace,"
                            + " incident, unreported, first_seen_ms, last_seen_ms, notified, body, status)"
                            + " select 'a' || (cast(substring(id from 2) as int) + :by), revision, flows, detector,"
                            + " category, severity, severity_rank, namespace, workload, destination_namespace,"
                            + " incident || '-' || :by, unreported, first_seen_ms + :later, last_seen_ms + :later,"
                            + " notified, body, status from alert where last_seen_ms < :end")
                    .bind("by", by)
                    .bind("later", by * DAY / alerts)
                    .bind("end", TODAY - DAY + base * DAY / alerts)
                    .execute());
        }
    }

    private static Alert alert(int i, long lastSeenMs) {
        Severity severity = Severity.values()[i % 17 == 0 ? 3 : i % 5 == 0 ? 2 : i % 2];
        return new Alert(
                "a" + i,
                "detector-" + i % 20,
                1,
                "discovery",
                severity,
                0.9,
                "ns" + i % NAMESPACES + "/w" + i % 1_000 + " does what it never did",
                "It did what it never did, and this text is about as long as those that people read in Slack every day.",
                lastSeenMs,
                lastSeenMs,
                20,
                Entity.workload("ns" + i % NAMESPACES, "w" + i % 1_000, "Deployment"),
                Entity.workload("ns" + i / 7 % NAMESPACES, "db", "StatefulSet"),
                List.of(22, 80),
                "TCP",
                null,
                List.of("T1046"),
                new Evidence(Map.of("ports", 20.0), Map.of("ports_below", 15.0), List.of(), List.of()),
                null,
                "i" + i / 3,
                null,
                null);
    }

    private static void fillEdges(Database database, int edges) throws SQLException {
        String numbers = "with recursive n(i) as (select 0 union all select i + 1 from n where i < :most) ";
        database.inTransaction(handle -> handle.createUpdate("insert into edge (id, digest, source, source_namespace,"
                        + " destination, destination_namespace, protocol, port) " + numbers
                        + "select i, lpad(cast(i as varchar), 32, '0'), 'workload/ns/' || i, 'ns' || (i % 100),"
                        + " 'workload/x/' || (i % 500), 'ns' || ((i / 7) % 100), 'TCP', 80 from n")
                .bind("most", edges - 1)
                .execute());
        int[] steps = {MINUTES, 24, 1};
        for (int resolution = 0; resolution < steps.length; resolution++) {
            long length = DAY / steps[resolution];
            for (int step = 0; step < steps[resolution]; step++) {
                int kind = resolution;
                long bucket = TODAY + step * length;
                database.inTransaction(handle -> handle.createUpdate("insert into edge_time (resolution, edge,"
                                + " bucket_ms, connections, failed, dropped, unexpected, bytes_sent, bytes_received)"
                                + " select :resolution, id, :bucket, 10, 0, 0, 0, 1000, 2000 from edge")
                        .bind("resolution", kind)
                        .bind("bucket", bucket)
                        .execute());
            }
        }
    }
}
