package dev.weir.alerting.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Verdict;
import dev.weir.model.codec.Sha256;
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
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** What went over which edge, by minute, hour and day. */
public final class EdgeStore {
    private static final int KNOWN = 100_000;
    private static final int MOST = 1_000_000;
    private static final String ADDRESS = "address/";
    private static final String OTHERS = "address/others";

    private final Database database;
    private final int most;
    private final AtomicLong edges = new AtomicLong(-1);
    private final Cache<String, Long> ids = Caffeine.newBuilder()
            .maximumSize(KNOWN)
            .expireAfterAccess(Duration.ofDays(1))
            .build();

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
                    source.key(),
                    source.namespace(),
                    destination.key(),
                    destination.namespace(),
                    activity.protocol(),
                    activity.port());
        }

        /** All addresses and ports as one: what an edge becomes for which there is no room. */
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

        /** What is left of it when there is no room even for those. */
        Edge unnamed() {
            return new Edge(null, OTHERS, null, OTHERS, null, "", null);
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
        this(database, MOST);
    }

    /**
     * @param most edges that are told apart; later ones are folded, so that whoever scans the world does not fill the disk
     */
    EdgeStore(Database database, int most) {
        this.database = database;
        this.most = most;
    }

    /**
     * Adds what was read from a topic.
     *
     * @return how many there was no room for, so that they were folded
     * @throws SQLException also when another reader has read on in one of the partitions; nothing is added then
     */
    public int add(Collection<Activity> activities, Progress progress) throws SQLException {
        Adding added = database.inTransaction(handle -> {
            progress.mark(handle);
            Adding adding = new Adding(handle);
            activities.forEach(adding::add);
            write(handle, adding.cells);
            return adding;
        });
        ids.putAll(added.known);
        return added.folded;
    }

    /** What one transaction adds. Ids that it made are not to be relied on before it is over. */
    private final class Adding {
        private final Handle handle;
        private final Map<String, Long> known = new HashMap<>();
        private final Map<Cell, Sum> cells = new TreeMap<>();
        private int folded;

        Adding(Handle handle) {
            this.handle = handle;
        }

        void add(Activity activity) {
            Edge edge = Edge.of(activity);
            Edge kept = kept(edge);
            folded += kept.equals(edge) ? 0 : 1;
            Sum sum = Sum.of(activity);
            String digest = kept.digest();
            Long id = known(digest);
            if (id == null) {
                id = insert(handle, kept, digest);
                edges.incrementAndGet();
                known.put(digest, id);
            }
            for (Resolution resolution : Resolution.values()) {
                cells.merge(new Cell(resolution, id, resolution.start(activity.sliceMs())), sum, Sum::plus);
            }
        }

        /** The edge, or what it is folded into where there is no room for another. */
        private Edge kept(Edge edge) {
            if (known(edge.digest()) != null || count() < most) {
                return edge;
            }
            Edge folded = edge.folded();
            return known(folded.digest()) != null || count() < 2L * most ? folded : edge.unnamed();
        }

        private @Nullable Long known(String digest) {
            Long id = known.get(digest);
            if (id == null) {
                id = ids.getIfPresent(digest);
            }
            if (id == null) {
                id = handle.createQuery("select id from edge where digest = :digest")
                        .bind("digest", digest)
                        .mapTo(Long.class)
                        .findOne()
                        .orElse(null);
            }
            if (id != null) {
                known.put(digest, id);
            }
            return id;
        }

        private long count() {
            if (edges.get() < 0) {
                edges.set(handle.createQuery("select count(*) from edge")
                        .mapTo(Long.class)
                        .one());
            }
            return edges.get();
        }
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
     * @param namespace of either end; null for any
     * @param resolution see {@link Resolution#of}
     */
    public List<Used> used(
            @Nullable String namespace, long fromMs, long toMs, Resolution resolution, Scope scope, int limit)
            throws SQLException {
        Where where = new Where()
                .and("t.resolution = :resolution", "resolution", resolution.ordinal())
                .and("t.bucket_ms >= :from", "from", resolution.start(fromMs))
                .and("t.bucket_ms < :to", "to", toMs)
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

    /** Forgets what is told too finely for its age, and edges of which nothing is told any more. */
    public void forget(long nowMs) throws SQLException {
        int days = 0;
        for (Resolution resolution : Resolution.values()) {
            days = forget(resolution, nowMs - resolution.keptMs);
        }
        if (days > 0) {
            // Whoever knows one of them by heart has used it within a day, so there is something told of it.
            database.inTransaction(
                    handle -> handle.createUpdate("delete from edge where not exists (select 1 from edge_time t"
                                    + " where t.resolution = :day and t.edge = edge.id)")
                            .bind("day", Resolution.DAY.ordinal())
                            .execute());
            edges.set(-1);
        }
    }

    /** A step of time after the other, so that nobody waits long for it. */
    private int forget(Resolution resolution, long beforeMs) throws SQLException {
        int forgotten = 0;
        while (true) {
            Optional<Long> oldest = database.query(handle -> handle.createQuery(
                            "select min(bucket_ms) from edge_time where resolution = :resolution and bucket_ms < :before")
                    .bind("resolution", resolution.ordinal())
                    .bind("before", beforeMs)
                    .mapTo(Long.class)
                    .findOne());
            if (oldest.isEmpty()) {
                return forgotten;
            }
            forgotten += database.inTransaction(handle -> handle.createUpdate(
                            "delete from edge_time where resolution = :resolution and bucket_ms = :bucket")
                    .bind("resolution", resolution.ordinal())
                    .bind("bucket", oldest.get())
                    .execute());
        }
    }
}
