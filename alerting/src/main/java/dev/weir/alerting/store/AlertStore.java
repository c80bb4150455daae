package dev.weir.alerting.store;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Alerts by id, in their newest revision only. */
public final class AlertStore {
    private static final String COLUMNS = "revision = :revision, flows = :flows, detector = :detector,"
            + " category = :category, severity = :severity, severity_rank = :severityRank, cluster = :cluster, namespace = :namespace,"
            + " workload = :workload, destination_namespace = :destinationNamespace, incident = :incident,"
            + " unreported = :unreported, first_seen_ms = :firstSeenMs, last_seen_ms = :lastSeenMs, notified = :notified,"
            + " body = :body";

    /** Maximum of namespaces of a scope that are queried by a branch of their own. */
    private static final int MOST_BRANCHES = 20;

    private static final Comparator<Alert> WORST = Comparator.comparing(Alert::severity)
            .thenComparing(Alert::lastSeenMs)
            .reversed()
            .thenComparing(Alert::id);

    private final Database database;

    /** The result of applying an alert. */
    public enum Applied {
        NEW,
        UPDATED,
        /** A newer revision whose severity exceeds the one that receivers were last notified of. */
        RAISED,
        /** A newer revision in another incident, since analytics has closed the old one. */
        MOVED,
        /** The stored revision is the same or newer. */
        STALE
    }

    /**
     * An alert with the state that alerting adds.
     *
     * @param notified severity that receivers were last notified of; null for never
     * @param decision {@code expected}, {@code not_expected} or null
     */
    public record Stored(
            Alert alert,
            String incident,
            @Nullable Severity notified,
            @Nullable String decision) {}

    /**
     * Filters and page of a list of alerts; a null filter matches all.
     *
     * @param severity least severity
     * @param namespace namespace of the source or the destination
     * @param status status of the incident
     * @param sinceMs, untilMs span in which the alert was last seen
     * @param before position to continue from: alerts last seen earlier, or at the same time with a greater id
     */
    public record Query(
            @Nullable String cluster,
            @Nullable Severity severity,
            @Nullable String detector,
            @Nullable String category,
            @Nullable String namespace,
            @Nullable String workload,
            @Nullable String incident,
            @Nullable IncidentStatus status,
            @Nullable Long sinceMs,
            @Nullable Long untilMs,
            @Nullable Cursor before,
            int limit) {
        /** A query for all alerts, most recently seen first. */
        public static Query first(int limit) {
            return new Query(null, null, null, null, null, null, null, null, null, null, null, limit);
        }
    }

    public AlertStore(Database database) {
        this.database = database;
    }

    public Optional<Stored> find(String id, NamespaceScope scope) throws SQLException {
        return database.query(handle -> stored(handle, id)).filter(stored -> isIn(scope, stored.alert()));
    }

    /** True if the scope includes the namespace of an end, which makes the alert visible. */
    public static boolean isIn(NamespaceScope scope, Alert alert) {
        return scope.isAll() || scope.has(namespace(alert.source())) || scope.has(namespace(alert.destination()));
    }

    /**
     * Lists alerts by id. Ids never change, so alerts that are updated during paging are neither skipped nor repeated.
     */
    public List<Stored> listById(Query query, NamespaceScope scope) throws SQLException {
        Cursor before = query.before();
        Where where = where(query)
                .and("id > :after", "after", before == null ? null : before.id())
                .and(":namespace in (namespace, destination_namespace)", "namespace", query.namespace())
                .in("(namespace in (<scope>) or destination_namespace in (<scope>))", "scope", scope.namespaces());
        return database.query(
                handle -> where.bound(handle.createQuery("select body, incident, notified, decision from alert"
                                + where.sql() + " order by id limit :limit"))
                        .bind("limit", query.limit())
                        .map((row, context) -> stored(row))
                        .list());
    }

    private static Where where(Query query) {
        Severity severity = query.severity();
        IncidentStatus status = query.status();
        return new Where()
                .and("cluster = :cluster", "cluster", query.cluster())
                .and("severity_rank >= :severity", "severity", severity == null ? null : severity.ordinal())
                .and("detector = :detector", "detector", query.detector())
                .and("category = :category", "category", query.category())
                .and("workload = :workload", "workload", query.workload())
                .and("incident = :incident", "incident", query.incident())
                .and("status = :status", "status", status == null ? null : status.id())
                .and("last_seen_ms >= :since", "since", query.sinceMs())
                .and("last_seen_ms < :until", "until", query.untilMs());
    }

    /** Lists alerts, most recently seen first. */
    public List<Stored> list(Query query, NamespaceScope scope) throws SQLException {
        Where where = where(query);
        Cursor.after(where, query.before(), "last_seen_ms");
        List<String> branches = branches(where, query);
        if (branches.isEmpty()) {
            branches = branches(where, scope);
        } else {
            where.in("(namespace in (<scope>) or destination_namespace in (<scope>))", "scope", scope.namespaces());
        }
        String newest = " order by last_seen_ms desc, id limit :limit";
        String keys = branches.stream()
                .map(branch -> "(select id, last_seen_ms from alert" + where.sqlWith(branch)
                        + (branch.isEmpty()
                                ? newest
                                : newest.replace("by ", "by " + branch.substring(0, branch.indexOf(' ')) + ", "))
                        + ")")
                .collect(Collectors.joining(" union "));
        // The inner query reads ids from an index, so only bodies on the page are read.
        String ids = "select id from (" + keys + ") page" + newest;
        return database.query(handle -> where.bound(handle.createQuery("select body, incident, notified, decision"
                        + " from alert where id in (" + ids + ") order by last_seen_ms desc, id"))
                .bind("limit", query.limit())
                .map((row, context) -> stored(row))
                .list());
    }

    /**
     * The branches of the union that makes a list. An index serves each branch in the order of the list; it serves no
     * "or" of two branches. The order of a branch begins with its own column, which is constant, because H2 recognizes
     * the index only then.
     */
    private static List<String> branches(Where where, Query query) {
        String namespace = query.namespace();
        Severity severity = query.severity();
        if (namespace != null) {
            where.bind("namespace", namespace);
        }
        if (query.incident() != null) {
            return List.of("incident = :incident"
                    + (namespace == null ? "" : " and :namespace in (namespace, destination_namespace)"));
        }
        if (namespace != null) {
            return List.of("namespace = :namespace", "destination_namespace = :namespace");
        }
        if (query.workload() != null) {
            return List.of("workload = :workload");
        }
        if (query.detector() != null) {
            return List.of("detector = :detector");
        }
        List<String> branches = new ArrayList<>();
        if (severity != null) {
            for (int rank = severity.ordinal(); rank < Severity.values().length; rank++) {
                branches.add("severity_rank = " + rank);
            }
        }
        return branches;
    }

    /** Returns two branches for each namespace of a scope, or one for all of them if there are too many. */
    private static List<String> branches(Where where, NamespaceScope scope) {
        Set<String> namespaces = scope.namespaces();
        if (namespaces == null || namespaces.isEmpty() || namespaces.size() > MOST_BRANCHES) {
            where.in("(namespace in (<scope>) or destination_namespace in (<scope>))", "scope", namespaces);
            return List.of("");
        }
        List<String> branches = new ArrayList<>();
        for (String each : namespaces) {
            String name = "scope_" + branches.size();
            where.bind(name, each);
            branches.add("namespace = :" + name);
            branches.add("destination_namespace = :" + name);
        }
        return branches;
    }

    /**
     * Stores an alert that supersedes the stored revision. Receivers are notified of it if it is new, or if its
     * severity exceeds the one that they were last notified of. An alert that moves to another incident starts over:
     * its earlier notification and decision belong to the old incident.
     */
    public static Applied apply(Handle handle, Alert alert) {
        Optional<Stored> before = stored(handle, alert.id());
        if (before.isPresent() && !alert.supersedes(before.get().alert())) {
            return Applied.STALE;
        }
        boolean isMoved = before.isPresent() && !before.get().incident().equals(Lifecycle.idOf(alert));
        Severity notifiedBefore = isMoved ? null : before.map(Stored::notified).orElse(null);
        boolean isRaised = !alert.isUnreported()
                && (notifiedBefore == null || alert.severity().compareTo(notifiedBefore) > 0);
        Severity notified = isRaised ? alert.severity() : notifiedBefore;
        if (before.isPresent()) {
            bind(handle.createUpdate("update alert set " + COLUMNS + " where id = :id"), alert, notified)
                    .execute();
        } else {
            bind(
                            handle.createUpdate("insert into alert (revision, flows, detector, category, severity,"
                                    + " severity_rank, cluster, namespace, workload, destination_namespace, incident,"
                                    + " unreported, first_seen_ms, last_seen_ms, notified, body, id) values (:revision, :flows,"
                                    + " :detector, :category, :severity, :severityRank, :cluster, :namespace, :workload,"
                                    + " :destinationNamespace, :incident, :unreported, :firstSeenMs, :lastSeenMs,"
                                    + " :notified, :body, :id)"),
                            alert,
                            notified)
                    .execute();
        }
        if (before.isEmpty()) {
            return Applied.NEW;
        }
        if (isMoved) {
            decide(handle, alert.id(), null);
            return Applied.MOVED;
        }
        return isRaised ? Applied.RAISED : Applied.UPDATED;
    }

    public static List<Stored> ofIncident(Handle handle, String incident) {
        return handle.createQuery("select body, incident, notified, decision from alert where incident = :incident"
                        + " order by first_seen_ms, id")
                .bind("incident", incident)
                .map((row, context) -> stored(row))
                .list();
    }

    /** The alerts of highest severity, the most recently seen first. */
    public static List<Alert> worst(Handle handle, Collection<String> ids, int limit) {
        return Chunks.of(ids)
                .flatMap(chunk -> handle
                        .createQuery("select body, incident, notified, decision from alert where id in (<ids>)"
                                + " order by severity_rank desc, last_seen_ms desc, id limit :limit")
                        .bindList("ids", chunk)
                        .bind("limit", limit)
                        .map((row, context) -> stored(row).alert())
                        .list()
                        .stream())
                .sorted(WORST)
                .limit(limit)
                .toList();
    }

    /** Copies the status of an incident to its alerts, where lists filter by it. */
    public static void setStatus(Handle handle, String incident, IncidentStatus status) {
        handle.createUpdate("update alert set status = :status where incident = :incident and status <> :status")
                .bind("status", status.id())
                .bind("incident", incident)
                .execute();
    }

    public static void decide(Handle handle, String alert, @Nullable String decision) {
        handle.createUpdate("update alert set decision = :decision where id = :id")
                .bind("decision", decision)
                .bind("id", alert)
                .execute();
    }

    public static Optional<Stored> stored(Handle handle, String id) {
        return handle.createQuery("select body, incident, notified, decision from alert where id = :id")
                .bind("id", id)
                .map((row, context) -> stored(row))
                .findOne();
    }

    static Alert alert(String body) {
        return Json.read(body.getBytes(StandardCharsets.UTF_8), Alert.class);
    }

    private static Stored stored(ResultSet row) throws SQLException {
        String notified = row.getString("notified");
        return new Stored(
                alert(row.getString("body")),
                row.getString("incident"),
                notified == null ? null : Severity.valueOf(notified.toUpperCase(Locale.ROOT)),
                row.getString("decision"));
    }

    private static Update bind(Update statement, Alert alert, @Nullable Severity notified) {
        Entity source = alert.source();
        return statement
                .bind("revision", alert.revision())
                .bind("flows", alert.count())
                .bind("detector", alert.detector())
                .bind("category", alert.category())
                .bind("severity", alert.severity().id())
                .bind("severityRank", alert.severity().ordinal())
                .bind("cluster", alert.cluster())
                .bind("namespace", namespace(source))
                .bind("workload", source == null ? null : source.workload())
                .bind("destinationNamespace", namespace(alert.destination()))
                .bind("incident", Lifecycle.idOf(alert))
                .bind("unreported", alert.isUnreported())
                .bind("firstSeenMs", alert.firstSeenMs())
                .bind("lastSeenMs", alert.lastSeenMs())
                .bind("notified", notified == null ? null : notified.id())
                .bind("body", new String(Json.write(alert), StandardCharsets.UTF_8))
                .bind("id", alert.id());
    }

    private static @Nullable String namespace(@Nullable Entity end) {
        return end == null ? null : end.namespace();
    }

    /** The number of alerts. */
    public static long count(Handle handle) {
        return handle.createQuery("select count(*) from alert")
                .mapTo(Long.class)
                .one();
    }
}
