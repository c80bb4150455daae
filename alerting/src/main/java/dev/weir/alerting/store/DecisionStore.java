package dev.weir.alerting.store;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.model.Feedback;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** People's decisions; the queue of {@code weir.feedback}. */
public final class DecisionStore {
    private static final String COLUMNS = "body, undone, published, undone_by, undone_ms";

    private final Database database;

    /**
     * A decision with its state.
     *
     * @param published true if the topic has the decision in this state
     * @param undoneBy name of the person who undid it at {@code undoneMs}; null while it is in force
     */
    public record Decision(
            Feedback feedback,
            boolean undone,
            boolean published,
            @Nullable String undoneBy,
            @Nullable Long undoneMs) {
        /** The time at which it was made or undone. */
        public long changedMs() {
            return undoneMs == null ? feedback.atMs() : Math.max(undoneMs, feedback.atMs());
        }

        /** A new decision, in force and not published yet. */
        public static Decision of(Feedback feedback) {
            return new Decision(feedback, false, false, null, null);
        }
    }

    /**
     * Filters and page of a list of decisions; a null filter matches all.
     *
     * @param holdingMs time at which the decision must be in force
     */
    public record Query(
            Feedback.@Nullable Action action,
            @Nullable String namespace,
            @Nullable Long holdingMs,
            @Nullable Cursor before,
            int limit) {}

    public DecisionStore(Database database) {
        this.database = database;
    }

    /** Lists decisions, newest first. */
    public List<Decision> list(Query query, NamespaceScope scope) throws SQLException {
        Feedback.Action action = query.action();
        Where where = new Where()
                .and("action = :action", "action", action == null ? null : action.name())
                .and("namespace = :namespace", "namespace", query.namespace())
                .and("undone = :undone", "undone", query.holdingMs() == null ? null : false)
                .and("(until_ms is null or until_ms > :holding)", "holding", query.holdingMs())
                .in("namespace in (<scope>)", "scope", scope.namespaces());
        Cursor.after(where, query.before(), "at_ms");
        return database.query(handle -> where.bound(handle.createQuery(
                        "select " + COLUMNS + " from decision" + where.sql() + " order by at_ms desc, id limit :limit"))
                .bind("limit", query.limit())
                .map((row, context) -> decision(row))
                .list());
    }

    public Optional<Decision> find(String id, NamespaceScope scope) throws SQLException {
        return database.query(handle -> decision(handle, id))
                .filter(decision -> scope.has(decision.feedback().namespace()));
    }

    public static Optional<Decision> decision(Handle handle, String id) {
        return handle.createQuery("select " + COLUMNS + " from decision where id = :id")
                .bind("id", id)
                .map((row, context) -> decision(row))
                .findOne();
    }

    /** Reads a decision and locks its row until the transaction ends. */
    public static Optional<Decision> locked(Handle handle, String id) {
        return handle.createQuery("select " + COLUMNS + " from decision where id = :id for update")
                .bind("id", id)
                .map((row, context) -> decision(row))
                .findOne();
    }

    /** Stores a decision in place of an earlier one of the same id. */
    public static void replace(Handle handle, Feedback feedback, boolean published) {
        handle.createUpdate("delete from decision where id = :id")
                .bind("id", feedback.id())
                .execute();
        handle.createUpdate("insert into decision (id, action, namespace, at_ms, until_ms, undone, published, body)"
                        + " values (:id, :action, :namespace, :at, :until, false, :published, :body)")
                .bind("id", feedback.id())
                .bind("action", feedback.action().name())
                .bind("namespace", feedback.namespace())
                .bind("at", feedback.atMs())
                .bind("until", feedback.untilMs())
                .bind("published", published)
                .bind("body", new String(Json.write(feedback), StandardCharsets.UTF_8))
                .execute();
    }

    /**
     * Undoes a decision.
     *
     * @return true if it was in force
     */
    public static boolean undo(Handle handle, String id, boolean published, String by, long nowMs) {
        return handle.createUpdate("update decision set undone = true, published = :published, undone_by = :by,"
                                + " undone_ms = :now where id = :id and undone = false")
                        .bind("id", id)
                        .bind("published", published)
                        .bind("by", by)
                        .bind("now", nowMs)
                        .execute()
                > 0;
    }

    /**
     * Undoes decisions that ended before a time.
     *
     * @return number of undone decisions
     */
    public static int expire(Handle handle, long beforeMs, long nowMs) {
        return handle.createUpdate("update decision set undone = true, published = false, undone_by = :weir,"
                        + " undone_ms = :now where undone = false and until_ms < :before")
                .bind("before", beforeMs)
                .bind("weir", TimelineEntry.WEIR)
                .bind("now", nowMs)
                .execute();
    }

    /** The decisions that are not published in their current state, oldest first. */
    public List<Decision> unpublished(int limit) throws SQLException {
        return database.query(handle -> handle.createQuery("select " + COLUMNS + " from decision"
                        + " where published = false order by at_ms, id limit :limit")
                .bind("limit", limit)
                .map((row, context) -> decision(row))
                .list());
    }

    /** Marks a decision as published, unless it has changed since it was read. */
    public void published(Decision decision) throws SQLException {
        database.inTransaction(handle -> handle.createUpdate(
                        "update decision set published = true where id = :id and undone = :undone and body = :body")
                .bind("id", decision.feedback().id())
                .bind("undone", decision.undone())
                .bind("body", new String(Json.write(decision.feedback()), StandardCharsets.UTF_8))
                .execute());
    }

    private static Decision decision(ResultSet row) throws SQLException {
        return new Decision(
                Json.read(row.getString("body").getBytes(StandardCharsets.UTF_8), Feedback.class),
                row.getBoolean("undone"),
                row.getBoolean("published"),
                row.getString("undone_by"),
                row.getObject("undone_ms", Long.class));
    }
}
