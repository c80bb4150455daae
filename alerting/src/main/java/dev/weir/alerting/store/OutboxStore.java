package dev.weir.alerting.store;

import dev.weir.model.Alert;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Notifications that have not been delivered, in the order in which they were decided. */
public final class OutboxStore {
    private final Database database;

    /** A notification that is due. */
    public record Entry(long seq, Alert alert, int attempts) {}

    public OutboxStore(Database database) {
        this.database = database;
    }

    /** The first that is due at a target; those behind one that waits may go ahead of it. */
    public Optional<Entry> due(String target, long nowMs) throws SQLException {
        return database.query(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select seq, body, attempts from outbox where target = ? and next_attempt_ms <= ? order by seq limit 1")) {
                select.setString(1, target);
                select.setLong(2, nowMs);
                try (ResultSet row = select.executeQuery()) {
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    Alert alert = Json.read(row.getString(2).getBytes(StandardCharsets.UTF_8), Alert.class);
                    return Optional.of(new Entry(row.getLong(1), alert, row.getInt(3)));
                }
            }
        });
    }

    public void remove(long seq) throws SQLException {
        database.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("delete from outbox where seq = ?")) {
                delete.setLong(1, seq);
                return delete.executeUpdate();
            }
        });
    }

    public void retry(long seq, int attempts, long nextAttemptMs) throws SQLException {
        database.inTransaction(connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("update outbox set attempts = ?, next_attempt_ms = ? where seq = ?")) {
                update.setInt(1, attempts);
                update.setLong(2, nextAttemptMs);
                update.setLong(3, seq);
                return update.executeUpdate();
            }
        });
    }

    /** How many wait, over all targets. */
    public long size() throws SQLException {
        return database.query(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select count(*) from outbox");
                    ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }
}
