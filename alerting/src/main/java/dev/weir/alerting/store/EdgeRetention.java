package dev.weir.alerting.store;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Deletes counts and edges that are kept for long enough, or for which there is no room. */
final class EdgeRetention {
    /** The part of the edges that is deleted when there are too many. */
    private static final int DELETED_AT_ONCE = 20;

    private final Database database;
    private final int most;
    private final int rows;
    /** Edges that the last run deleted: counts that were being added to them then are deleted in the next run. */
    private List<Long> gone = List.of();

    /** Creates a retention of at most {@code most} edges and {@code rows} counts. */
    EdgeRetention(Database database, int most, int rows) {
        this.database = database;
        this.most = most;
        this.rows = rows;
    }

    /**
     * Deletes intervals after the time for which their resolution is kept, and edges without any; beyond the bounds
     * also the oldest intervals, and the edges with the fewest connections, the longest unused first.
     */
    EdgeStore.Deleted delete(long nowMs) throws SQLException {
        int days = 0;
        for (EdgeResolution resolution : EdgeResolution.values()) {
            days = delete(resolution, nowMs - resolution.keptMs(), Long.MAX_VALUE);
        }
        int surplus = deleteSurplus(EdgeResolution.MINUTE, rows / 2)
                + deleteSurplus(EdgeResolution.HOUR, rows / 4)
                + deleteSurplus(EdgeResolution.DAY, rows / 4);
        if (days > 0) {
            database.inTransaction(
                    handle -> handle.createUpdate("delete from edge where not exists (select 1 from edge_time t"
                                    + " where t.resolution = :day and t.edge = edge.id)")
                            .bind("day", EdgeResolution.DAY.ordinal())
                            .execute());
        }
        int least = deleteLeastUsed();
        return new EdgeStore.Deleted(least, surplus);
    }

    /** Deletes the oldest intervals of a resolution until its rows are within their part of the bound. */
    private int deleteSurplus(EdgeResolution resolution, int most) throws SQLException {
        long count = database.query(
                handle -> handle.createQuery("select count(*) from edge_time where resolution = :resolution")
                        .bind("resolution", resolution.ordinal())
                        .mapTo(Long.class)
                        .one());
        return delete(resolution, Long.MAX_VALUE, count - most);
    }

    private int deleteLeastUsed() throws SQLException {
        long count = database.query(EdgeWriter::count);
        if (count < most) {
            return 0;
        }
        List<Long> least = database.query(handle -> handle.createQuery(
                        "select e.id from edge e left join edge_time t on"
                                + " t.resolution = :day and t.edge = e.id group by e.id"
                                + " order by coalesce(sum(t.connections), 0), coalesce(max(t.bucket_ms), 0), e.id limit :some")
                .bind("day", EdgeResolution.DAY.ordinal())
                .bind("some", Math.max(1, most / DELETED_AT_ONCE))
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
     * Deletes the oldest intervals, one in each transaction, so that no transaction is long.
     *
     * @param beforeMs the time from which intervals are kept
     * @param enough the number of deleted rows at which it ends
     * @return the number of deleted rows
     */
    private int delete(EdgeResolution resolution, long beforeMs, long enough) throws SQLException {
        int deleted = 0;
        int some = 1;
        while (some > 0 && deleted < enough) {
            some = deleteOldest(resolution, beforeMs);
            deleted += some;
        }
        return deleted;
    }

    private int deleteOldest(EdgeResolution resolution, long beforeMs) throws SQLException {
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
