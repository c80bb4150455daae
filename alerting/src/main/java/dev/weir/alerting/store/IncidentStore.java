package dev.weir.alerting.store;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.common.Text;
import dev.weir.model.Severity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultBearing;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Incidents and their timelines. */
public final class IncidentStore {
    private static final int LONGEST_DETAIL = 4_000;

    private final Database database;

    /**
     * Filters and page of a list of incidents; a null filter matches all.
     *
     * @param severity least severity
     * @param withUnreported true to include incidents about which no notifications are sent
     * @param before position to continue from
     */
    public record Query(
            @Nullable String cluster,
            @Nullable IncidentStatus status,
            @Nullable Severity severity,
            @Nullable String namespace,
            @Nullable String assignee,
            boolean withUnreported,
            @Nullable Cursor before,
            int limit) {}

    public IncidentStore(Database database) {
        this.database = database;
    }

    public Optional<Incident> find(String id, NamespaceScope scope) throws SQLException {
        return database.query(handle -> incident(handle, id)
                .filter(incident -> scope.has(incident.namespace()))
                .map(incident -> seen(handle, incident, scope)));
    }

    /** An incident as a caller of the scope may see it. */
    public static Incident seen(Handle handle, Incident incident, NamespaceScope scope) {
        return seen(handle, List.of(incident), scope).get(0);
    }

    /**
     * Replaces titles for a limited scope: an incident may have alerts of several namespaces, and the caller gets the
     * title of the most severe alert that the scope includes.
     */
    private static List<Incident> seen(Handle handle, List<Incident> incidents, NamespaceScope scope) {
        if (scope.isAll() || incidents.isEmpty()) {
            return incidents;
        }
        Set<String> ids = incidents.stream().map(Incident::id).collect(Collectors.toSet());
        Where known = new Where()
                .in("incident in (<ids>)", "ids", ids)
                .in("(namespace in (<scope>) or destination_namespace in (<scope>))", "scope", scope.namespaces());
        Map<String, String> titles = new HashMap<>();
        known.bound(handle.createQuery("select incident, body from (select incident, body, row_number() over (partition"
                        + " by incident order by severity_rank desc, last_seen_ms desc, id) as place from alert"
                        + known.sql() + ") ranked where place = 1"))
                .map((row, context) -> AlertStore.alert(row.getString("body")))
                .forEach(alert -> titles.put(Lifecycle.idOf(alert), Lifecycle.title(alert)));
        return incidents.stream()
                .map(each -> each.titled(titles.getOrDefault(each.id(), "alerts of other namespaces")))
                .toList();
    }

    /** Lists incidents, most recently seen first. */
    public List<Incident> list(Query query, NamespaceScope scope) throws SQLException {
        IncidentStatus status = query.status();
        Severity severity = query.severity();
        Where where = new Where()
                .and("cluster = :cluster", "cluster", query.cluster())
                .and("status = :status", "status", status == null ? null : status.id())
                .and("severity_rank >= :severity", "severity", severity == null ? null : severity.ordinal())
                .and("namespace = :namespace", "namespace", query.namespace())
                .and("assignee = :assignee", "assignee", query.assignee())
                .and("unreported = :unreported", "unreported", query.withUnreported() ? null : false)
                .in("namespace in (<scope>)", "scope", scope.namespaces());
        Cursor.after(where, query.before(), "last_seen_ms");
        return database.query(handle -> seen(
                handle,
                where.bound(handle.createQuery("select * from incident" + where.sql()
                                + " order by last_seen_ms desc, id limit :limit"))
                        .bind("limit", query.limit())
                        .map((row, context) -> incident(row))
                        .list(),
                scope));
    }

    /** A timeline entry with the current state of its incident. */
    public record Event(TimelineEntry entry, Incident incident) {}

    /** The entries after a sequence number, in order, of incidents in the scope. */
    public List<Event> events(long afterSeq, int limit, NamespaceScope scope) throws SQLException {
        Where where = new Where()
                .and("t.seq > :after", "after", afterSeq)
                .in("i.namespace in (<scope>)", "scope", scope.namespaces());
        return database.query(handle -> {
            String seen = seen(where, scope);
            List<Event> events = where.bound(
                            handle.createQuery("select t.seq, t.incident, t.at_ms, t.kind, t.who, t.alert,"
                                    + " t.detail, " + seen
                                    + " as seen, i.* from timeline t join incident i on i.id = t.incident" + where.sql()
                                    + " order by t.seq limit :limit"))
                    .bind("limit", limit)
                    .map((row, context) -> new Event(entry(row), incident(row)))
                    .list();
            Map<String, Incident> incidents = new HashMap<>();
            events.forEach(event -> incidents.put(event.incident().id(), event.incident()));
            seen(handle, List.copyOf(incidents.values()), scope).forEach(each -> incidents.put(each.id(), each));
            return events.stream()
                    .map(event -> new Event(
                            event.entry(),
                            Objects.requireNonNull(
                                    incidents.get(event.incident().id()))))
                    .toList();
        });
    }

    /** An SQL condition: true if entry t concerns no single alert, or one that the scope includes. */
    private static String seen(Where where, NamespaceScope scope) {
        Set<String> namespaces = scope.namespaces();
        if (namespaces == null) {
            return "true";
        }
        if (namespaces.isEmpty()) {
            return "(t.alert is null)";
        }
        where.bindList("seen", namespaces);
        return "(t.alert is null or exists (select 1 from alert a where a.id = t.alert and (a.namespace in (<seen>) or"
                + " a.destination_namespace in (<seen>))))";
    }

    /** The sequence number of the last entry before a time; 0 for none. */
    public long lastBefore(long ms) throws SQLException {
        return database.query(
                handle -> handle.createQuery("select seq from timeline where at_ms < :ms order by seq desc limit 1")
                        .bind("ms", ms)
                        .mapTo(Long.class)
                        .findOne()
                        .orElse(0L));
    }

    /**
     * The timeline of an incident, in order. Entries about alerts outside of the scope are without alert and detail.
     */
    public List<TimelineEntry> timeline(String incident, long afterSeq, int limit, NamespaceScope scope)
            throws SQLException {
        Where where = new Where()
                .and("t.incident = :incident", "incident", incident)
                .and("t.seq > :after", "after", afterSeq);
        String seen = seen(where, scope);
        return database.query(handle -> where.bound(handle.createQuery("select t.seq, t.incident, t.at_ms, t.kind,"
                        + " t.who, t.alert, t.detail, " + seen + " as seen from timeline t" + where.sql()
                        + " order by t.seq limit :limit"))
                .bind("limit", limit)
                .map((row, context) -> entry(row))
                .list());
    }

    /** The ids of those incidents that reopened after a receiver was last notified of them. */
    public static Set<String> reopened(Handle handle, Collection<String> incidents, String receiver) {
        Set<String> reopened = new HashSet<>();
        Chunks.of(incidents)
                .forEach(chunk -> handle.createQuery("select incident from timeline where incident in (<incidents>)"
                                + " group by incident having max(case when kind = 'reopened' then seq end)"
                                + " > max(case when kind = 'notified' and detail = :receiver then seq end)")
                        .bindList("incidents", chunk)
                        .bind("receiver", receiver)
                        .mapTo(String.class)
                        .forEach(reopened::add));
        return reopened;
    }

    public static Optional<Incident> incident(Handle handle, String id) {
        return handle.createQuery("select * from incident where id = :id")
                .bind("id", id)
                .map((row, context) -> incident(row))
                .findOne();
    }

    /** Reads an incident and locks its row until the transaction ends. */
    public static Optional<Incident> locked(Handle handle, String id) {
        return handle.createQuery("select * from incident where id = :id for update")
                .bind("id", id)
                .map((row, context) -> incident(row))
                .findOne();
    }

    public static List<Incident> all(Handle handle, Collection<String> ids) {
        return Chunks.of(ids)
                .flatMap(chunk -> handle
                        .createQuery("select * from incident where id in (<ids>)")
                        .bindList("ids", chunk)
                        .map((row, context) -> incident(row))
                        .list()
                        .stream())
                .toList();
    }

    /** Ids of active incidents that have not changed, and whose alerts were not seen, since a time. */
    public static List<String> idleSince(Handle handle, long ms, int limit) {
        return handle.createQuery("select id from incident i where status in ('open', 'acknowledged')"
                        + " and changed_ms < :ms and last_seen_ms < :ms order by changed_ms limit :limit")
                .bind("ms", ms)
                .bind("limit", limit)
                .mapTo(String.class)
                .list();
    }

    /** The time at which the incident was last opened; empty if a person has acted on it since. */
    public static Optional<Long> untouchedSince(Handle handle, String id) {
        return handle.createQuery("select max(at_ms) from timeline where incident = :id and who = :weir and kind in"
                        + " ('opened', 'reopened') and not exists (select 1 from timeline t where t.incident = :id"
                        + " and t.who <> :weir and t.seq > (select max(seq) from timeline o where o.incident = :id"
                        + " and o.who = :weir and o.kind in ('opened', 'reopened')))")
                .bind("id", id)
                .bind("weir", TimelineEntry.WEIR)
                .mapTo(Long.class)
                .findOne();
    }

    /**
     * Deletes incidents that ended before a time, with their alerts and timelines, and undone decisions.
     *
     * @return number of deleted incidents
     */
    public static int delete(Handle handle, long beforeMs, int limit) {
        List<String> old = handle.createQuery("select id from incident where status in ('resolved', 'expected')"
                        + " and changed_ms < :before and last_seen_ms < :before order by changed_ms limit :limit"
                        + " for update skip locked")
                .bind("before", beforeMs)
                .bind("limit", limit)
                .mapTo(String.class)
                .list();
        handle.createUpdate("delete from decision where undone = true and published = true"
                        + " and coalesce(undone_ms, at_ms) < :before")
                .bind("before", beforeMs)
                .execute();
        delete(handle, old);
        return old.size();
    }

    /**
     * Deletes incidents that are over, the oldest first, until a number of alerts is gone.
     *
     * @param beforeMs the incident must have ended before it, so that the receivers have been notified of the end
     * @return number of deleted incidents
     */
    public static int deleteOver(Handle handle, long beforeMs, long alerts, int limit) {
        List<String> over = enough(
                handle.createQuery("select id, alerts from incident where status in ('resolved', 'expected')"
                                + " and changed_ms < :before order by changed_ms limit :limit for update skip locked")
                        .bind("before", beforeMs)
                        .bind("limit", limit),
                alerts);
        delete(handle, over);
        return over.size();
    }

    /**
     * Ids of the active incidents to resolve first, which hold a number of alerts: open before acknowledged, lowest
     * severity first, least recently seen first.
     */
    public static List<String> leastActive(Handle handle, long alerts, int limit) {
        return enough(
                handle.createQuery("select id, alerts from incident where status in ('open', 'acknowledged')"
                                + " order by status desc, severity_rank, last_seen_ms limit :limit")
                        .bind("limit", limit),
                alerts);
    }

    /** The number of alerts of incidents that are over. */
    public static long alertsOver(Handle handle) {
        return handle.createQuery(
                        "select coalesce(sum(alerts), 0) from incident where status in ('resolved', 'expected')")
                .mapTo(Long.class)
                .one();
    }

    private static List<String> enough(ResultBearing incidents, long alerts) {
        List<String> ids = new ArrayList<>();
        long left = alerts;
        for (Map.Entry<String, Long> each : incidents
                .map((row, context) -> Map.entry(row.getString("id"), row.getLong("alerts")))
                .list()) {
            if (left > 0) {
                ids.add(each.getKey());
                left -= each.getValue();
            }
        }
        return ids;
    }

    private static void delete(Handle handle, List<String> ids) {
        if (!ids.isEmpty()) {
            for (String table : List.of(
                    "notification_member where incident",
                    "timeline where incident",
                    "alert where incident",
                    "incident where id")) {
                handle.createUpdate("delete from " + table + " in (<ids>)")
                        .bindList("ids", ids)
                        .execute();
            }
        }
    }

    public static void insert(Handle handle, Incident incident) {
        bind(
                        handle.createUpdate("insert into incident (id, version, status, severity_rank, title, cluster,"
                                + " namespace, assignee, snoozed_until_ms, alerts, unreported, first_seen_ms, last_seen_ms,"
                                + " changed_ms) values (:id, :version, :status, :severityRank, :title, :cluster,"
                                + " :namespace, :assignee, :snoozedUntilMs, :alerts, :unreported, :firstSeenMs,"
                                + " :lastSeenMs, :changedMs)"),
                        incident)
                .execute();
    }

    public static void update(Handle handle, Incident incident) {
        bind(
                        handle.createUpdate("update incident set version = :version, status = :status,"
                                + " severity_rank = :severityRank, title = :title, cluster = :cluster,"
                                + " namespace = :namespace, assignee = :assignee,"
                                + " snoozed_until_ms = :snoozedUntilMs, alerts = :alerts, unreported = :unreported,"
                                + " first_seen_ms = :firstSeenMs, last_seen_ms = :lastSeenMs,"
                                + " changed_ms = :changedMs where id = :id"),
                        incident)
                .execute();
    }

    public static void append(
            Handle handle,
            String incident,
            long atMs,
            TimelineEntry.Kind kind,
            String who,
            @Nullable String alert,
            @Nullable String detail) {
        String kept = detail == null ? null : Text.cut(detail, LONGEST_DETAIL, "");
        handle.createUpdate("insert into timeline (incident, at_ms, kind, who, alert, detail)"
                        + " values (:incident, :at, :kind, :who, :alert, :detail)")
                .bind("incident", incident)
                .bind("at", atMs)
                .bind("kind", kind.id())
                .bind("who", who)
                .bind("alert", alert)
                .bind("detail", kept)
                .execute();
    }

    private static Update bind(Update statement, Incident incident) {
        return statement
                .bind("id", incident.id())
                .bind("version", incident.version())
                .bind("status", incident.status().id())
                .bind("severityRank", incident.severity().ordinal())
                .bind("title", incident.title())
                .bind("cluster", incident.cluster())
                .bind("namespace", incident.namespace())
                .bind("assignee", incident.assignee())
                .bind("snoozedUntilMs", incident.snoozedUntilMs())
                .bind("alerts", incident.alerts())
                .bind("unreported", incident.unreported())
                .bind("firstSeenMs", incident.firstSeenMs())
                .bind("lastSeenMs", incident.lastSeenMs())
                .bind("changedMs", incident.changedMs());
    }

    private static Incident incident(ResultSet row) throws SQLException {
        return Incident.builder(row.getString("id"))
                .version(row.getLong("version"))
                .status(IncidentStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)))
                .severity(Severity.values()[row.getInt("severity_rank")])
                .title(row.getString("title"))
                .cluster(row.getString("cluster"))
                .namespace(row.getString("namespace"))
                .assignee(row.getString("assignee"))
                .snoozedUntilMs(row.getObject("snoozed_until_ms", Long.class))
                .alerts(row.getInt("alerts"))
                .unreported(row.getBoolean("unreported"))
                .firstSeenMs(row.getLong("first_seen_ms"))
                .lastSeenMs(row.getLong("last_seen_ms"))
                .changedMs(row.getLong("changed_ms"))
                .build();
    }

    private static TimelineEntry entry(ResultSet row) throws SQLException {
        boolean isSeen = row.getBoolean("seen");
        return new TimelineEntry(
                row.getLong("seq"),
                row.getString("incident"),
                row.getLong("at_ms"),
                TimelineEntry.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                row.getString("who"),
                isSeen ? row.getString("alert") : null,
                isSeen ? row.getString("detail") : null);
    }
}
