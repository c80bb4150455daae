package dev.weir.alerting.store;

import dev.weir.alerting.message.Notification;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** The outbox: notifications that receivers have not taken yet, in the order of their creation. */
public final class OutboxStore {
    private final Database database;

    /**
     * A waiting notification.
     *
     * @param attempts failed attempts so far
     * @param recipients recipients of the receiver that it is still for; empty for all
     */
    public record Entry(long seq, Notification notification, int attempts, long createdMs, List<String> recipients) {
        public Entry {
            recipients = List.copyOf(recipients);
        }
    }

    private record Recipients(List<String> recipients) {}

    /**
     * The notifications that wait for a receiver.
     *
     * @param oldestMs creation time of the oldest
     */
    public record Depth(String receiver, long waiting, long oldestMs) {}

    public OutboxStore(Database database) {
        this.database = database;
    }

    /** Adds a notification in the transaction that decides on it. */
    public static void add(Handle handle, Notification notification) {
        handle.createUpdate("insert into outbox (receiver, group_id, body, attempts, created_ms, next_attempt_ms)"
                        + " values (:receiver, :group, :body, 0, :now, :now)")
                .bind("receiver", notification.receiver())
                .bind("group", notification.groupKey())
                .bind("body", new String(Json.write(notification), StandardCharsets.UTF_8))
                .bind("now", notification.atMs())
                .execute();
    }

    /**
     * The first notifications of a receiver that are due. Within a group the order is kept; other groups go ahead of
     * one that waits for its next attempt.
     */
    public List<Entry> due(String receiver, long nowMs, int limit) throws SQLException {
        return database.query(
                handle -> handle.createQuery("select seq, body, attempts, created_ms, recipients from outbox o"
                                + " where receiver = :receiver and next_attempt_ms <= :now and not exists (select 1 from"
                                + " outbox e where e.receiver = o.receiver and e.group_id = o.group_id and e.seq < o.seq"
                                + " and e.next_attempt_ms > :now) order by seq limit :limit")
                        .bind("receiver", receiver)
                        .bind("now", nowMs)
                        .bind("limit", limit)
                        .map((row, context) -> entry(row))
                        .list());
    }

    private static Entry entry(ResultSet row) throws SQLException {
        String recipients = row.getString("recipients");
        return new Entry(
                row.getLong("seq"),
                Json.read(row.getString("body").getBytes(StandardCharsets.UTF_8), Notification.class),
                row.getInt("attempts"),
                row.getLong("created_ms"),
                recipients == null
                        ? List.of()
                        : Json.read(recipients.getBytes(StandardCharsets.UTF_8), Recipients.class)
                                .recipients());
    }

    /** True if a notification of the group waits. */
    public static boolean waits(Handle handle, String receiver, String group) {
        return handle.createQuery("select seq from outbox where receiver = :receiver and group_id = :group limit 1")
                .bind("receiver", receiver)
                .bind("group", group)
                .mapTo(Long.class)
                .findFirst()
                .isPresent();
    }

    /** Removes notifications that were delivered or rejected. */
    public void remove(List<Long> seqs) throws SQLException {
        database.inTransaction(handle -> handle.createUpdate("delete from outbox where seq in (<seqs>)")
                .bindList("seqs", seqs)
                .execute());
    }

    /**
     * Replaces delivered notifications by one for the recipients that did not take them. It is in a group of its own,
     * so that later notifications of the original group do not wait for it. Nothing is added if another replica has
     * removed the notifications meanwhile.
     */
    public void replaceByRemaining(
            List<Long> seqs,
            Notification notification,
            List<String> recipients,
            int attempts,
            long createdMs,
            long nextMs)
            throws SQLException {
        database.inTransaction(handle -> {
            int settled = handle.createUpdate("delete from outbox where seq in (<seqs>)")
                    .bindList("seqs", seqs)
                    .execute();
            if (settled == 0) {
                return settled;
            }
            return handle.createUpdate("insert into outbox (receiver, group_id, body, attempts, created_ms,"
                            + " next_attempt_ms, recipients) values (:receiver, :group, :body, :attempts, :created,"
                            + " :next, :recipients)")
                    .bind("receiver", notification.receiver())
                    .bind("group", "left/" + notification.id())
                    .bind("body", new String(Json.write(notification), StandardCharsets.UTF_8))
                    .bind("attempts", attempts)
                    .bind("created", createdMs)
                    .bind("next", nextMs)
                    .bind("recipients", new String(Json.write(new Recipients(recipients)), StandardCharsets.UTF_8))
                    .execute();
        });
    }

    /** Counts a failed attempt and sets the time of the next one. */
    public void retry(List<Long> seqs, long nextAttemptMs) throws SQLException {
        database.inTransaction(handle -> handle.createUpdate(
                        "update outbox set attempts = attempts + 1, next_attempt_ms = :next where seq in (<seqs>)")
                .bindList("seqs", seqs)
                .bind("next", nextAttemptMs)
                .execute());
    }

    /** The waiting notifications by receiver. */
    public List<Depth> depths() throws SQLException {
        return database.query(handle -> handle.createQuery(
                        "select receiver, count(*) as waiting, min(created_ms) as oldest_ms from outbox group by receiver")
                .map(ConstructorMapper.of(Depth.class))
                .list());
    }

    /** The number of waiting notifications of all receivers. */
    public long size() throws SQLException {
        return depths().stream().mapToLong(Depth::waiting).sum();
    }

    /** The lease of a receiver: one replica at a time delivers to it, so that rate limit and order hold. */
    public Lease lease(String receiver, InstantSource clock) {
        return new Lease(database, "receiver/" + receiver, clock);
    }
}
