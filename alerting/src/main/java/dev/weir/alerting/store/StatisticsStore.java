package dev.weir.alerting.store;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.model.Severity;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts of alerts and incidents. */
public final class StatisticsStore {
    private final Database database;

    /**
     * Counts of one detector.
     *
     * @param notified alerts that receivers were notified of
     * @param expected, notExpected alerts by the decision on them
     * @param precision share of {@code notExpected} in all decisions; null without decisions
     */
    public record ByDetector(
            String detector,
            long alerts,
            long notified,
            long expected,
            long notExpected,
            @Nullable Double precision) {}

    /** The number of incidents of a status and severity. */
    public record StatusCount(String status, String severity, long incidents) {}

    public StatisticsStore(Database database) {
        this.database = database;
    }

    /**
     * Counts by detector.
     *
     * @param sinceMs earliest time at which an alert was last seen; null for all
     */
    public List<ByDetector> byDetector(@Nullable Long sinceMs, NamespaceScope scope) throws SQLException {
        Where where = new Where()
                .and("last_seen_ms >= :since", "since", sinceMs)
                .in("(namespace in (<scope>) or destination_namespace in (<scope>))", "scope", scope.namespaces());
        return database.query(handle -> where.bound(
                        handle.createQuery("select detector, count(*) as alerts, count(notified) as notified,"
                                + " sum(case when decision = 'expected' then 1 else 0 end) as expected,"
                                + " sum(case when decision = 'not_expected' then 1 else 0 end) as not_expected from alert"
                                + where.sql()
                                + " group by detector order by detector"))
                .map((row, context) -> {
                    long expected = row.getLong("expected");
                    long notExpected = row.getLong("not_expected");
                    long decided = expected + notExpected;
                    return new ByDetector(
                            row.getString("detector"),
                            row.getLong("alerts"),
                            row.getLong("notified"),
                            expected,
                            notExpected,
                            decided == 0 ? null : (Double) (notExpected / (double) decided));
                })
                .list());
    }

    /** Counts of incidents by status and severity. */
    public List<StatusCount> byStatus(NamespaceScope scope) throws SQLException {
        Where where = new Where().in("namespace in (<scope>)", "scope", scope.namespaces());
        return database.query(handle -> where.bound(
                        handle.createQuery("select status, severity_rank, count(*) as incidents from incident"
                                + where.sql() + " group by status, severity_rank order by status, severity_rank"))
                .map((row, context) -> new StatusCount(
                        row.getString("status"),
                        Severity.values()[row.getInt("severity_rank")].id(),
                        row.getLong("incidents")))
                .list());
    }
}
