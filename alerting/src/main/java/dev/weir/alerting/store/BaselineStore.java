package dev.weir.alerting.store;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.common.Millis;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Entity;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** The newest baseline of each workload and detector, and a daily history. */
public final class BaselineStore {
    /** Maximum of baselines: flows can claim any workload name, and each gets a baseline. */
    static final int MOST = 20_000;

    private final Database database;
    private final int most;

    /**
     * Filters and page of a list of baselines; a null filter matches all.
     *
     * @param after key to continue after
     */
    public record Query(
            @Nullable String cluster,
            @Nullable String namespace,
            @Nullable String workload,
            @Nullable String detector,
            @Nullable BaselineState state,
            @Nullable String after,
            int limit) {}

    /** A baseline as it was at the end of a day, UTC. */
    public record Day(
            long dayMs, long updatedMs, BaselineState state, boolean locked, long windows, double unseen, int size) {
        private static final long LENGTH_MS = Millis.DAY;

        static long of(long ms) {
            return ms - Math.floorMod(ms, LENGTH_MS);
        }
    }

    public BaselineStore(Database database) {
        this(database, MOST);
    }

    BaselineStore(Database database, int most) {
        this.database = database;
        this.most = most;
    }

    /** Stores the baselines that are newer than the stored ones, and the progress of the topic. */
    public void put(Collection<Baseline> baselines, Progress progress) throws SQLException {
        database.inTransaction(handle -> {
            progress.mark(handle);
            for (Baseline baseline : baselines) {
                put(handle, baseline);
                putHistory(handle, baseline);
            }
            return baselines.size();
        });
    }

    private static void put(Handle handle, Baseline baseline) {
        int known = bind(
                        handle.createUpdate("update baseline set cluster = :cluster, namespace = :namespace,"
                                + " workload = :workload, detector = :detector, state = :state,"
                                + " updated_ms = :updated, body = :body where id = :id and updated_ms <= :updated"),
                        baseline)
                .execute();
        boolean isThere = known > 0
                || handle.createQuery("select count(*) from baseline where id = :id")
                                .bind("id", baseline.key())
                                .mapTo(Integer.class)
                                .one()
                        > 0;
        if (!isThere) {
            bind(
                            handle.createUpdate("insert into baseline (id, cluster, namespace, workload, detector,"
                                    + " state, updated_ms, body) values (:id, :cluster, :namespace, :workload,"
                                    + " :detector, :state, :updated, :body)"),
                            baseline)
                    .execute();
        }
    }

    private static void putHistory(Handle handle, Baseline baseline) {
        int known = history(
                        handle.createUpdate("update baseline_history set updated_ms = :updated, state = :state,"
                                + " locked = :locked, windows = :windows, unseen = :unseen, size = :size"
                                + " where id = :id and day_ms = :day and updated_ms <= :updated"),
                        baseline)
                .execute();
        boolean isThere = known > 0
                || handle.createQuery("select count(*) from baseline_history where id = :id and day_ms = :day")
                                .bind("id", baseline.key())
                                .bind("day", Day.of(baseline.updatedMs()))
                                .mapTo(Integer.class)
                                .one()
                        > 0;
        if (!isThere) {
            history(
                            handle.createUpdate("insert into baseline_history (id, day_ms, updated_ms, state, locked,"
                                    + " windows, unseen, size) values (:id, :day, :updated, :state, :locked, :windows,"
                                    + " :unseen, :size)"),
                            baseline)
                    .execute();
        }
    }

    private static Update history(Update statement, Baseline baseline) {
        return statement
                .bind("id", baseline.key())
                .bind("day", Day.of(baseline.updatedMs()))
                .bind("updated", baseline.updatedMs())
                .bind("state", baseline.state().id())
                .bind("locked", baseline.locked())
                .bind("windows", baseline.windows())
                .bind("unseen", baseline.unseen())
                .bind("size", baseline.size());
    }

    /** The daily history of a baseline, oldest day first. */
    public List<Day> history(String key, long sinceMs, int limit) throws SQLException {
        return database.query(handle -> handle.createQuery("select * from baseline_history where id = :id"
                        + " and day_ms >= :since order by day_ms limit :limit")
                .bind("id", key)
                .bind("since", sinceMs)
                .bind("limit", limit)
                .map(ConstructorMapper.of(Day.class))
                .list());
    }

    /** The baseline of a key, if the scope includes its namespace. */
    public Optional<Baseline> find(String key, NamespaceScope scope) throws SQLException {
        return database.query(handle -> handle.createQuery("select body from baseline where id = :id")
                        .bind("id", key)
                        .map((row, context) ->
                                Json.read(row.getString("body").getBytes(StandardCharsets.UTF_8), Baseline.class))
                        .findOne())
                .filter(baseline -> scope.has(baseline.workload().namespace()));
    }

    /** Lists baselines by key. */
    public List<Baseline> list(Query query, NamespaceScope scope) throws SQLException {
        BaselineState state = query.state();
        Where where = new Where()
                .and("cluster = :cluster", "cluster", query.cluster())
                .and("namespace = :namespace", "namespace", query.namespace())
                .and("workload = :workload", "workload", query.workload())
                .and("detector = :detector", "detector", query.detector())
                .and("state = :state", "state", state == null ? null : state.id())
                .and("id > :after", "after", query.after())
                .in("namespace in (<scope>)", "scope", scope.namespaces());
        return database.query(handle -> where.bound(
                        handle.createQuery("select body from baseline" + where.sql() + " order by id limit :limit"))
                .bind("limit", query.limit())
                .map((row, context) ->
                        Json.read(row.getString("body").getBytes(StandardCharsets.UTF_8), Baseline.class))
                .list());
    }

    /**
     * Deletes history before a time, and beyond {@value #MOST} baselines those with the oldest update.
     *
     * @return number of deleted baselines
     */
    public int delete(long beforeMs) throws SQLException {
        database.inTransaction(handle -> handle.createUpdate("delete from baseline_history where day_ms < :before")
                .bind("before", beforeMs)
                .execute());
        List<String> surplus = database.query(
                handle -> handle.createQuery("select id from baseline order by updated_ms desc, id offset :most rows")
                        .bind("most", most)
                        .mapTo(String.class)
                        .list());
        // One transaction for each chunk, since updates of the same baselines wait for it.
        for (List<String> chunk : Chunks.of(surplus).toList()) {
            database.inTransaction(handle -> {
                handle.createUpdate("delete from baseline_history where id in (<ids>)")
                        .bindList("ids", chunk)
                        .execute();
                return handle.createUpdate("delete from baseline where id in (<ids>)")
                        .bindList("ids", chunk)
                        .execute();
            });
        }
        return surplus.size();
    }

    private static Update bind(Update statement, Baseline baseline) {
        Entity workload = baseline.workload();
        return statement
                .bind("id", baseline.key())
                .bind("cluster", baseline.cluster())
                .bind("namespace", workload.namespace())
                .bind("workload", workload.workload())
                .bind("detector", baseline.detector())
                .bind("state", baseline.state().id())
                .bind("updated", baseline.updatedMs())
                .bind("body", new String(Json.write(baseline), StandardCharsets.UTF_8));
    }
}
