package dev.weir.alerting.store;

import dev.weir.alerting.EdgesConfig;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.common.Sha256;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** What went over which edge, by minute, hour and day. */
public final class EdgeStore {
    private static final long UNKNOWN = -1;
    /** The part of the edges that makes room when there are too many. */
    private static final int FORGOTTEN_AT_ONCE = 20;

    private static final String ADDRESS = "address/";
    private static final String OTHERS = "address/others";
    private static final String NAMESPACE = "namespace/";

    private final Database database;
    private final int most;
    private final int rows;
    private final AtomicLong edges = new AtomicLong(UNKNOWN);
    /** Edges that made room in the last round: what was being added to them then is forgotten in the next. */
    private List<Long> gone = List.of();

    /** How finely time is told, and for how long what is told so is kept. */
    public enum Resolution {
        MINUTE(Duration.ofMinutes(1), Duration.ofDays(2)),
        HOUR(Duration.ofHours(1), Duration.ofDays(30)),
        DAY(Duration.ofDays(1), Duration.ofDays(400));

        private final long ms;
        private final long keptMs;

        Resolution(Duration length, Duration kept) {
            this.ms = length.toMillis();
            this.keptMs = kept.toMillis();
        }

        /** When the one that a time is in began. */
        public long start(long time) {
            return time - Math.floorMod(time, ms);
        }

        /** The finest that tells so much time in no more than a hundred steps or so, and is kept for long enough. */
        public static Resolution of(long fromMs, long toMs, long nowMs) {
            for (Resolution each : values()) {
                if (toMs - fromMs <= 100 * each.ms && fromMs >= nowMs - each.keptMs) {
                    return each;
                }
            }
            return DAY;
        }
    }

    /**
     * Who speaks to whom by what.
     *
     * @param source, destination keys of the entities
     */
    public record Edge(
            @Nullable String cluster,
            String source,
            @Nullable String sourceNamespace,
            String destination,
            @Nullable String destinationNamespace,
            String protocol,
            @Nullable Integer port) {
        /** That of an activity. */
        public static Edge of(Activity activity) {
            Entity source = activity.source();
            Entity destination = activity.destination();
            return new Edge(
                    activity.cluster(),
                    key(source),
                    source.namespace(),
                    key(destination),
                    destination.namespace(),
                    activity.protocol(),
                    activity.port());
        }

        private static String key(Entity end) {
            return end.key().equals(Entity.UNNAMED) ? OTHERS : end.key();
        }

        /** All addresses and ports as one: what an edge becomes when there is no room for it. */
        Edge folded() {
            return new Edge(
                    cluster,
                    source.startsWith(ADDRESS) ? OTHERS : source,
                    sourceNamespace,
                    destination.startsWith(ADDRESS) ? OTHERS : destination,
                    destinationNamespace,
                    protocol,
                    null);
        }

        /** All of two namespaces as one, when there is no room even for those. */
        Edge ofNamespaces() {
            return new Edge(
                    cluster,
                    sourceNamespace == null ? OTHERS : NAMESPACE + sourceNamespace,
                    sourceNamespace,
                    destinationNamespace == null ? OTHERS : NAMESPACE + destinationNamespace,
                    destinationNamespace,
                    protocol,
                    null);
        }

        /** Any edge, when there is no room for namespaces either. */
        Edge unnamed() {
            return new Edge(null, OTHERS, null, OTHERS, null, "", null);
        }

        /** Itself, and what it is folded into when there is no room: less and less is kept apart. */
        List<Edge> andFolded() {
            return List.of(this, folded(), ofNamespaces(), unnamed());
        }

        private String digest() {
            String text =
                    String.join("\n", String.valueOf(cluster), source, destination, protocol, String.valueOf(port));
            return Sha256.hex(text, 16);
        }
    }

    /**
     * What went over an edge.
     *
     * @param dropped connections that the network dropped
     * @param unexpected connections on which the policy has something to say
     */
    public record Sum(
            long connections, long failed, long dropped, long unexpected, long bytesSent, long bytesReceived) {
        /** Of an activity; sampled ones stand for as many as the rate says. */
        public static Sum of(Activity activity) {
            long times = activity.sampling();
            return new Sum(
                    activity.connections() * times,
                    activity.failed() * times,
                    activity.verdict() == Verdict.DROPPED ? activity.connections() * times : 0,
                    activity.outcome() == null ? 0 : activity.connections() * times,
                    Objects.requireNonNullElse(activity.bytesSent(), 0L) * times,
                    Objects.requireNonNullElse(activity.bytesReceived(), 0L) * times);
        }

        /** Both. */
        public Sum plus(Sum other) {
            return new Sum(
                    connections + other.connections,
                    failed + other.failed,
                    dropped + other.dropped,
                    unexpected + other.unexpected,
                    bytesSent + other.bytesSent,
                    bytesReceived + other.bytesReceived);
        }
    }

    /** An edge with what went over it. */
    public record Used(Edge edge, Sum sum, long firstMs, long lastMs) {}

    private record Cell(Resolution resolution, long edge, long bucketMs) implements Comparable<Cell> {
        @Override
        public int compareTo(Cell other) {
            int byResolution = resolution.compareTo(other.resolution);
            int byEdge = byResolution != 0 ? byResolution : Long.compare(edge, other.edge);
            return byEdge != 0 ? byEdge : Long.compare(bucketMs, other.bucketMs);
        }
    }

    public EdgeStore(Database database) {
        this(database, EdgesConfig.defaults());
    }

    public EdgeStore(Database database, EdgesConfig config) {
        this.database = database;
        this.most = config.most();
        this.rows = config.rows();
    }

    /**
     * Adds what was read from a topic.
     *
     * @return how many there was no room for, so that they were folded
     * @throws SQLException also when another reader has read on in one of the partitions; nothing is added then
     */
    public int add(Collection<Activity> activities, Progress progress) throws SQLException {
        try {
            Adding added = database.inTransaction(handle -> {
                progress.mark(handle);
                Adding adding = new Adding(handle, activities);
                activities.forEach(adding::add);
                write(handle, adding.cells);
                return adding;
            });
            edges.addAndGet(added.inserted);
            return added.folded;
        } catch (SQLException | RuntimeException e) {
            edges.set(UNKNOWN);
            throw e;
        }
    }

    /** What one transaction adds. Ids are looked up anew in each, since edges that are used little make room for others. */
    private final class Adding {
        private final Handle handle;
        private final Map<String, Long> known = new HashMap<>();
        private final Map<Cell, Sum> cells = new TreeMap<>();
        private int folded;
        private int inserted;

        Adding(Handle handle, Collection<Activity> activities) {
            this.handle = handle;
            List<Edge> all = activities.stream().map(Edge::of).distinct().toList();
            lookUp(all.stream());
            // What an edge is folded into counts only when it is not there itself.
            lookUp(all.stream()
                    .filter(edge -> !known.containsKey(edge.digest()))
                    .flatMap(edge -> edge.andFolded().stream()));
        }

        private void lookUp(Stream<Edge> some) {
            Chunks.of(some.map(Edge::digest).collect(Collectors.toSet()))
                    .forEach(chunk -> handle.createQuery("select digest, id from edge where digest in (<digests>)")
                            .bindList("digests", chunk)
                            .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
                            .forEach(each -> known.put(each.getKey(), each.getValue())));
        }

        void add(Activity activity) {
            Edge edge = Edge.of(activity);
            Edge kept = kept(edge);
            folded += kept.equals(edge) ? 0 : 1;
            Sum sum = Sum.of(activity);
            String digest = kept.digest();
            Long id = known.get(digest);
            if (id == null) {
                id = insert(handle, kept, digest);
                inserted++;
                known.put(digest, id);
            }
            for (Resolution resolution : Resolution.values()) {
                cells.merge(new Cell(resolution, id, resolution.start(activity.sliceMs())), sum, Sum::plus);
            }
        }

        /** The edge, or the first of what it is folded into that is there or has room. */
        private Edge kept(Edge edge) {
            int room = most;
            for (Edge each : edge.andFolded()) {
                if (known.containsKey(each.digest()) || count() < room) {
                    return each;
                }
                room += most / 4;
            }
            return edge.unnamed();
        }

        private long count() {
            if (edges.get() == UNKNOWN) {
                edges.set(EdgeStore.count(handle));
            }
            return edges.get() + inserted;
        }
    }

    private static long count(Handle handle) {
        return handle.createQuery("select count(*) from edge").mapTo(Long.class).one();
    }

    private static Long insert(Handle handle, Edge edge, String digest) {
        return handle.createUpdate("insert into edge (digest, cluster, source, source_namespace, destination,"
                        + " destination_namespace, protocol, port) values (:digest, :cluster, :source,"
                        + " :sourceNamespace, :destination, :destinationNamespace, :protocol, :port)")
                .bind("digest", digest)
                .bind("cluster", edge.cluster())
                .bind("source", edge.source())
                .bind("sourceNamespace", edge.sourceNamespace())
                .bind("destination", edge.destination())
                .bind("destinationNamespace", edge.destinationNamespace())
                .bind("protocol", edge.protocol())
                .bind("port", edge.port())
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
    }

    private static void write(Handle handle, Map<Cell, Sum> cells) {
        if (cells.isEmpty()) {
            return;
        }
        List<Map.Entry<Cell, Sum>> all = new ArrayList<>(cells.entrySet());
        PreparedBatch update = handle.prepareBatch("update edge_time set connections = connections + :connections,"
                + " failed = failed + :failed, dropped = dropped + :dropped, unexpected = unexpected + :unexpected,"
                + " bytes_sent = bytes_sent + :bytesSent, bytes_received = bytes_received + :bytesReceived"
                + " where resolution = :resolution and edge = :edge and bucket_ms = :bucket");
        all.forEach(each -> bind(update, each));
        int[] updated = update.execute();
        PreparedBatch insert = handle.prepareBatch("insert into edge_time (resolution, edge, bucket_ms, connections,"
                + " failed, dropped, unexpected, bytes_sent, bytes_received) values (:resolution, :edge, :bucket,"
                + " :connections, :failed, :dropped, :unexpected, :bytesSent, :bytesReceived)");
        for (int i = 0; i < updated.length; i++) {
            if (updated[i] == 0) {
                bind(insert, all.get(i));
            }
        }
        if (insert.size() > 0) {
            insert.execute();
        }
    }

    private static void bind(PreparedBatch batch, Map.Entry<Cell, Sum> entry) {
        Cell cell = entry.getKey();
        Sum sum = entry.getValue();
        batch.bind("resolution", cell.resolution().ordinal())
                .bind("edge", cell.edge())
                .bind("bucket", cell.bucketMs())
                .bind("connections", sum.connections())
                .bind("failed", sum.failed())
                .bind("dropped", sum.dropped())
                .bind("unexpected", sum.unexpected())
                .bind("bytesSent", sum.bytesSent())
                .bind("bytesReceived", sum.bytesReceived())
                .add();
    }

    /**
     * The edges that were used in a time, the most used first.
     *
     * @param cluster null for any
     * @param namespace of either end; null for any
     * @param resolution see {@link Resolution#of}
     */
    public List<Used> used(
            @Nullable String cluster,
            @Nullable String namespace,
            long fromMs,
            long toMs,
            Resolution resolution,
            NamespaceScope scope,
            int limit)
            throws SQLException {
        Where where = new Where()
                .and("t.resolution = :resolution", "resolution", resolution.ordinal())
                .and("t.bucket_ms >= :from", "from", resolution.start(fromMs))
                .and("t.bucket_ms < :to", "to", toMs)
                .and("e.cluster = :cluster", "cluster", cluster)
                .and(
                        "(e.source_namespace = :namespace or e.destination_namespace = :namespace)",
                        "namespace",
                        namespace)
                .in(
                        "(e.source_namespace in (<scope>) or e.destination_namespace in (<scope>))",
                        "scope",
                        scope.namespaces());
        return database.query(handle -> where.bound(handle.createQuery("select e.*, sum(t.connections),"
                        + " sum(t.failed), sum(t.dropped), sum(t.unexpected), sum(t.bytes_sent),"
                        + " sum(t.bytes_received), min(t.bucket_ms), max(t.bucket_ms) from edge e"
                        + " join edge_time t on t.edge = e.id" + where.sql()
                        + " group by e.id order by 10 desc, e.id limit :limit"))
                .bind("limit", limit)
                .map((row, context) -> {
                    int port = row.getInt("port");
                    Integer known = row.wasNull() ? null : (Integer) port;
                    return new Used(
                            new Edge(
                                    row.getString("cluster"),
                                    row.getString("source"),
                                    row.getString("source_namespace"),
                                    row.getString("destination"),
                                    row.getString("destination_namespace"),
                                    row.getString("protocol"),
                                    known),
                            new Sum(
                                    row.getLong(10),
                                    row.getLong(11),
                                    row.getLong(12),
                                    row.getLong(13),
                                    row.getLong(14),
                                    row.getLong(15)),
                            row.getLong(16),
                            row.getLong(17));
                })
                .list());
    }

    /** What {@link #forget} did: edges that made room for new ones, and rows of times beyond the bound. */
    public record Forgotten(int edges, int rows) {}

    /**
     * Forgets times that are kept for too long in that resolution and edges without any; beyond the bounds also the oldest times and the
     * edges that were used least and longest ago.
     */
    public Forgotten forget(long nowMs) throws SQLException {
        int days = 0;
        for (Resolution resolution : Resolution.values()) {
            days = forget(resolution, nowMs - resolution.keptMs, Long.MAX_VALUE);
        }
        int surplus = forgetSurplus(Resolution.MINUTE, rows / 2)
                + forgetSurplus(Resolution.HOUR, rows / 4)
                + forgetSurplus(Resolution.DAY, rows / 4);
        if (days > 0) {
            database.inTransaction(
                    handle -> handle.createUpdate("delete from edge where not exists (select 1 from edge_time t"
                                    + " where t.resolution = :day and t.edge = edge.id)")
                            .bind("day", Resolution.DAY.ordinal())
                            .execute());
        }
        int least = forgetLeastUsed();
        edges.set(UNKNOWN);
        return new Forgotten(least, surplus);
    }

    /** The oldest times of a resolution, until its rows are within their part of the bound. */
    private int forgetSurplus(Resolution resolution, int most) throws SQLException {
        long count = database.query(
                handle -> handle.createQuery("select count(*) from edge_time where resolution = :resolution")
                        .bind("resolution", resolution.ordinal())
                        .mapTo(Long.class)
                        .one());
        return forget(resolution, Long.MAX_VALUE, count - most);
    }

    private int forgetLeastUsed() throws SQLException {
        long count = database.query(EdgeStore::count);
        if (count < most) {
            return 0;
        }
        List<Long> least = database.query(handle -> handle.createQuery(
                        "select e.id from edge e left join edge_time t on"
                                + " t.resolution = :day and t.edge = e.id group by e.id"
                                + " order by coalesce(sum(t.connections), 0), coalesce(max(t.bucket_ms), 0), e.id limit :some")
                .bind("day", Resolution.DAY.ordinal())
                .bind("some", Math.max(1, most / FORGOTTEN_AT_ONCE))
                .mapTo(Long.class)
                .list());
        remove(gone);
        remove(least);
        gone = least;
        return least.size();
    }

    private void remove(List<Long> ids) throws SQLException {
        for (List<Long> chunk : Chunks.of(ids).toList()) {
            database.inTransaction(handle -> {
                handle.createUpdate("delete from edge where id in (<edges>)")
                        .bindList("edges", chunk)
                        .execute();
                return handle.createUpdate("delete from edge_time where edge in (<edges>)")
                        .bindList("edges", chunk)
                        .execute();
            });
        }
    }

    /**
     * The oldest times, one step after the other, so that no transaction is long.
     *
     * @param beforeMs none later than that
     * @param enough ends when so many rows are forgotten
     * @return how many rows were forgotten
     */
    private int forget(Resolution resolution, long beforeMs, long enough) throws SQLException {
        int forgotten = 0;
        int some = 1;
        while (some > 0 && forgotten < enough) {
            some = forgetOldest(resolution, beforeMs);
            forgotten += some;
        }
        return forgotten;
    }

    private int forgetOldest(Resolution resolution, long beforeMs) throws SQLException {
        Optional<Long> oldest = database.query(handle -> handle.createQuery(
                        "select min(bucket_ms) from edge_time where resolution = :resolution and bucket_ms < :before")
                .bind("resolution", resolution.ordinal())
                .bind("before", beforeMs)
                .mapTo(Long.class)
                .findOne());
        if (oldest.isEmpty()) {
            return 0;
        }
        return database.inTransaction(handle -> handle.createUpdate(
                        "delete from edge_time where resolution = :resolution and bucket_ms = :bucket")
                .bind("resolution", resolution.ordinal())
                .bind("bucket", oldest.get())
                .execute());
    }
}
