package dev.weir.alerting.store;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.model.Severity;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts over what is stored. */
public final class StatisticsStore {
    private final Database database;

    /** @param notified how many of them somebody was told of */
    public record ByDetector(
            String detector,
            long alerts,
            long notified,
            long expected,
            long notExpected,
            @Nullable Double precision) {}

    /** How many incidents there are of a status and severity. */
    public record StatusCount(String status, String severity, long incidents) {}

    public StatisticsStore(Database database) {
        this.database = database;
    }

    /**
     * By detector, with the share of those judged that were right.
     *
     * @param sinceMs of alerts that were last seen then or later; null for all
     */
    public List<ByDetector> byDetector(@Nullable Long sinceMs, NamespaceScope scope) throws SQLException {
        Where where = new Where()
                .and("last_seen_ms >= :since", "since", sinceMs)
                .in("(namespace in (<scope>) or destination_namespace in (<scope>))", "scope", scope.namespaces());
        return database.query(handle -> where.bound(handle.createQuery("select detector, count(*), count(notified),"
                        + " sum(case when decision = 'expected' then 1 else 0 end),"
                        + " sum(case when decision = 'not_expected' then 1 else 0 end) from alert" + where.sql()
                        + " group by detector order by detector"))
                .map((row, context) -> {
                    long wrong = row.getLong(4);
                    long right = row.getLong(5);
                    Double precision = right + wrong == 0 ? null : (Double) (right / (double) (right + wrong));
                    return new ByDetector(row.getString(1), row.getLong(2), row.getLong(3), wrong, right, precision);
                })
                .list());
    }

    /** Incidents by what is being done about them. */
    public List<StatusCount> standings(NamespaceScope scope) throws SQLException {
        Where where = new Where().in("namespace in (<scope>)", "scope", scope.namespaces());
        return database.query(
                handle -> where.bound(handle.createQuery("select status, severity_rank, count(*)" + " from incident"
                                + where.sql() + " group by status, severity_rank order by status, severity_rank"))
                        .map((row, context) -> new StatusCount(
                                row.getString(1), Severity.values()[row.getInt(2)].word(), row.getLong(3)))
                        .list());
    }
}
