package dev.weir.alerting.store;

import dev.weir.model.Activity;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Adds activities to the counts of their edges, and folds edges for which there is no room. */
final class EdgeWriter {
    private static final long UNKNOWN = -1;

    private final Database database;
    private final int most;
    private final AtomicLong edges = new AtomicLong(UNKNOWN);

    /** Creates a writer that keeps about {@code most} edges apart. */
    EdgeWriter(Database database, int most) {
        this.database = database;
        this.most = most;
    }

    /** Counts the edges again at the next need. */
    void recount() {
        edges.set(UNKNOWN);
    }

    private record Cell(EdgeResolution resolution, long edge, long bucketMs) implements Comparable<Cell> {
        @Override
        public int compareTo(Cell other) {
            int byResolution = resolution.compareTo(other.resolution);
            int byEdge = byResolution != 0 ? byResolution : Long.compare(edge, other.edge);
            return byEdge != 0 ? byEdge : Long.compare(bucketMs, other.bucketMs);
        }
    }

    /**
     * Adds activities that were read from a topic.
     *
     * @return the number of activities that were folded, since there was no room for their edges
     * @throws SQLException also if another reader has gone on in one of the partitions; nothing is added then
     */
    int add(Collection<Activity> activities, Progress progress) throws SQLException {
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

    /** The additions of one transaction. Each looks up the ids again, since edges that are used little are deleted. */
    private final class Adding {
        private final Handle handle;
        private final Map<String, Long> known = new HashMap<>();
        private final Map<Cell, EdgeCounts> cells = new TreeMap<>();
        private int folded;
        private int inserted;

        Adding(Handle handle, Collection<Activity> activities) {
            this.handle = handle;
            List<StoredEdge> all =
                    activities.stream().map(StoredEdge::of).distinct().toList();
            lookUp(all.stream());
            // Folded forms matter only for an edge that is not stored itself.
            lookUp(all.stream()
                    .filter(edge -> !known.containsKey(edge.digest()))
                    .flatMap(edge -> edge.andFolded().stream()));
        }

        private void lookUp(Stream<StoredEdge> some) {
            Chunks.of(some.map(StoredEdge::digest).collect(Collectors.toSet()))
                    .forEach(chunk -> handle.createQuery("select digest, id from edge where digest in (<digests>)")
                            .bindList("digests", chunk)
                            .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
                            .forEach(each -> known.put(each.getKey(), each.getValue())));
        }

        void add(Activity activity) {
            StoredEdge edge = StoredEdge.of(activity);
            StoredEdge kept = kept(edge);
            folded += kept.equals(edge) ? 0 : 1;
            EdgeCounts sum = EdgeCounts.of(activity);
            String digest = kept.digest();
            Long id = known.get(digest);
            if (id == null) {
                id = insert(handle, kept, digest);
                inserted++;
                known.put(digest, id);
            }
            for (EdgeResolution resolution : EdgeResolution.values()) {
                cells.merge(new Cell(resolution, id, resolution.start(activity.sliceMs())), sum, EdgeCounts::plus);
            }
        }

        /** Returns the edge, or the first of its folded forms that is stored or has room. */
        private StoredEdge kept(StoredEdge edge) {
            int room = most;
            for (StoredEdge each : edge.andFolded()) {
                if (known.containsKey(each.digest()) || count() < room) {
                    return each;
                }
                room += most / 4;
            }
            return edge.unnamed();
        }

        private long count() {
            if (edges.get() == UNKNOWN) {
                edges.set(EdgeWriter.count(handle));
            }
            return edges.get() + inserted;
        }
    }

    static long count(Handle handle) {
        return handle.createQuery("select count(*) from edge").mapTo(Long.class).one();
    }

    private static Long insert(Handle handle, StoredEdge edge, String digest) {
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

    private static void write(Handle handle, Map<Cell, EdgeCounts> cells) {
        if (cells.isEmpty()) {
            return;
        }
        List<Map.Entry<Cell, EdgeCounts>> all = new ArrayList<>(cells.entrySet());
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

    private static void bind(PreparedBatch batch, Map.Entry<Cell, EdgeCounts> entry) {
        Cell cell = entry.getKey();
        EdgeCounts sum = entry.getValue();
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
}
