package dev.weir.alerting.store;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.model.Activity;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The counts of each edge by minute, hour and day. */
public final class EdgeStore {
    private final Database database;
    private final EdgeWriter writer;
    private final EdgeRetention retention;

    /** An edge with its traffic, and the starts of its first and last interval. */
    public record Used(StoredEdge edge, EdgeCounts sum, long firstMs, long lastMs) {}

    /** The numbers of edges and of rows that {@link #delete} deleted beyond the bounds. */
    public record Deleted(int edges, int rows) {}

    /** Creates a store with the default bounds. */
    public EdgeStore(Database database) {
        this(database, EdgesConfig.defaults());
    }

    /** Creates a store with the bounds of a configuration. */
    public EdgeStore(Database database, EdgesConfig config) {
        this.database = database;
        this.writer = new EdgeWriter(database, config.most());
        this.retention = new EdgeRetention(database, config.most(), config.rows());
    }

    /**
     * Adds activities that were read from a topic.
     *
     * @return the number of activities that were folded, since there was no room for their edges
     * @throws SQLException also if another reader has gone on in one of the partitions; nothing is added then
     */
    public int add(Collection<Activity> activities, Progress progress) throws SQLException {
        return writer.add(activities, progress);
    }

    /**
     * Returns the edges with traffic in a time, those with most connections first.
     *
     * @param cluster null for any
     * @param namespace namespace of either end; null for any
     * @param resolution see {@link EdgeResolution#of}
     */
    public List<Used> used(
            @Nullable String cluster,
            @Nullable String namespace,
            long fromMs,
            long toMs,
            EdgeResolution resolution,
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
                            new StoredEdge(
                                    row.getString("cluster"),
                                    row.getString("source"),
                                    row.getString("source_namespace"),
                                    row.getString("destination"),
                                    row.getString("destination_namespace"),
                                    row.getString("protocol"),
                                    known),
                            new EdgeCounts(
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

    /**
     * Deletes intervals after the time for which their resolution is kept, and edges without any; beyond the bounds
     * also the oldest intervals, and the edges with the fewest connections, the longest unused first.
     */
    public Deleted delete(long nowMs) throws SQLException {
        Deleted deleted = retention.delete(nowMs);
        writer.recount();
        return deleted;
    }
}
