package dev.weir.alerting.store;

import dev.weir.model.Alert;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Alerts by their fingerprint, newest revision only. What is to be told goes into the outbox in the same transaction. */
public final class AlertStore {
    private final Database database;
    private final List<Target> targets;

    /** Where notifications go, and from which severity on. */
    public record Target(String name, Severity minimum) {}

    /** What became of an alert that came in. */
    public enum Applied {
        NEW,
        UPDATED,
        /** Updated, and more severe than it was last told. */
        RAISED,
        /** Known in this or a newer revision. */
        STALE
    }

    /**
     * Which alerts are asked for.
     *
     * @param before page after this one: alerts that were last seen earlier, or then with a greater id
     */
    public record Query(
            @Nullable Severity severity,
            @Nullable String detector,
            @Nullable String namespace,
            @Nullable Cursor before,
            int limit) {}

    /** A place in the order of the list. */
    public record Cursor(long lastSeenMs, String id) {}

    public AlertStore(Database database, List<Target> targets) {
        this.database = database;
        this.targets = List.copyOf(targets);
    }

    /**
     * Keeps alerts that supersede what is stored. An alert is told when it is new and when its severity has risen since it
     * was last told; one that is quiet is kept and not told.
     */
    public List<Applied> apply(List<Alert> alerts, long nowMs) throws SQLException {
        return database.inTransaction(connection -> {
            List<Applied> applied = new ArrayList<>();
            for (Alert alert : alerts) {
                applied.add(apply(connection, alert, nowMs));
            }
            return applied;
        });
    }

    public Optional<Alert> find(String id) throws SQLException {
        return database.query(connection -> stored(connection, id).map(Stored::alert));
    }

    /** Most recently seen first. */
    public List<Alert> list(Query query) throws SQLException {
        return database.query(connection -> list(connection, query));
    }

    private record Stored(Alert alert, @Nullable Severity notified) {}

    private Applied apply(Connection connection, Alert alert, long nowMs) throws SQLException {
        Optional<Stored> before = stored(connection, alert.id());
        if (before.isPresent() && !alert.supersedes(before.get().alert())) {
            return Applied.STALE;
        }
        Severity told = before.map(Stored::notified).orElse(null);
        boolean tell = !alert.isQuiet() && (told == null || alert.severity().compareTo(told) > 0);
        Severity notified = tell ? alert.severity() : told;
        if (before.isPresent()) {
            update(connection, alert, notified);
        } else {
            insert(connection, alert, notified);
        }
        if (tell) {
            enqueue(connection, alert, nowMs);
        }
        if (before.isEmpty()) {
            return Applied.NEW;
        }
        return tell ? Applied.RAISED : Applied.UPDATED;
    }

    private static Optional<Stored> stored(Connection connection, String id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select body, notified from alert where id = ?")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                String notified = row.getString(2);
                return Optional.of(new Stored(
                        alert(row.getString(1)),
                        notified == null ? null : Severity.valueOf(notified.toUpperCase(Locale.ROOT))));
            }
        }
    }

    private static List<Alert> list(Connection connection, Query query) throws SQLException {
        StringBuilder sql = new StringBuilder("select body from alert where 1 = 1");
        List<Object> arguments = new ArrayList<>();
        Severity severity = query.severity();
        if (severity != null) {
            sql.append(" and severity = ?");
            arguments.add(severity.word());
        }
        if (query.detector() != null) {
            sql.append(" and detector = ?");
            arguments.add(query.detector());
        }
        if (query.namespace() != null) {
            sql.append(" and namespace = ?");
            arguments.add(query.namespace());
        }
        Cursor before = query.before();
        if (before != null) {
            sql.append(" and (last_seen_ms < ? or (last_seen_ms = ? and id > ?))");
            arguments.addAll(List.of(before.lastSeenMs(), before.lastSeenMs(), before.id()));
        }
        sql.append(" order by last_seen_ms desc, id limit ?");
        arguments.add(query.limit());
        try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < arguments.size(); i++) {
                select.setObject(i + 1, arguments.get(i));
            }
            List<Alert> alerts = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    alerts.add(alert(rows.getString(1)));
                }
            }
            return alerts;
        }
    }

    private static void insert(Connection connection, Alert alert, @Nullable Severity notified) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into alert (revision, flows, detector, category, severity, namespace, first_seen_ms,"
                        + " last_seen_ms, notified, body, id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            bind(insert, alert, notified);
            insert.executeUpdate();
        }
    }

    private static void update(Connection connection, Alert alert, @Nullable Severity notified) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update alert set revision = ?, flows = ?, detector = ?, category = ?, severity = ?, namespace = ?,"
                        + " first_seen_ms = ?, last_seen_ms = ?, notified = ?, body = ? where id = ?")) {
            bind(update, alert, notified);
            update.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Alert alert, @Nullable Severity notified)
            throws SQLException {
        statement.setLong(1, alert.revision());
        statement.setLong(2, alert.count());
        statement.setString(3, alert.detector());
        statement.setString(4, alert.category());
        statement.setString(5, alert.severity().word());
        statement.setString(6, alert.source() == null ? null : alert.source().namespace());
        statement.setLong(7, alert.firstSeenMs());
        statement.setLong(8, alert.lastSeenMs());
        statement.setString(9, notified == null ? null : notified.word());
        statement.setString(10, json(alert));
        statement.setString(11, alert.id());
    }

    private void enqueue(Connection connection, Alert alert, long nowMs) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into outbox (target, alert_id, body, attempts, next_attempt_ms) values (?, ?, ?, 0, ?)")) {
            for (Target target : targets) {
                if (alert.severity().compareTo(target.minimum()) >= 0) {
                    insert.setString(1, target.name());
                    insert.setString(2, alert.id());
                    insert.setString(3, json(alert));
                    insert.setLong(4, nowMs);
                    insert.executeUpdate();
                }
            }
        }
    }

    private static String json(Alert alert) {
        return new String(Json.write(alert), StandardCharsets.UTF_8);
    }

    private static Alert alert(String json) {
        return Json.read(json.getBytes(StandardCharsets.UTF_8), Alert.class);
    }
}
