package dev.weir.alerting.store;

import dev.weir.alerting.route.Notification;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Notifications that have not been delivered, in the order in which they were decided. */
public final class OutboxStore {
    private final Database database;

    /**
     * A notification that is due.
     *
     * @param recipients of the receiver that it is still for; empty for all
     */
    public record Entry(long seq, Notification notification, int attempts, long createdMs, List<String> recipients) {
        public Entry {
            recipients = List.copyOf(recipients);
        }
    }

    private record Recipients(List<String> recipients) {}

    /** How much waits for a receiver, and since when. */
    public record Depth(String receiver, long waiting, long oldestMs) {}

    public OutboxStore(Database database) {
        this.database = database;
    }

    /** As part of the transaction in which it was decided. */
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
     * The first that are due at a receiver. Of one group none goes ahead of another; those of other groups go ahead of one
     * that waits for its next attempt.
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
        String recipients = row.getString(5);
        return new Entry(
                row.getLong(1),
                Json.read(row.getString(2).getBytes(StandardCharsets.UTF_8), Notification.class),
                row.getInt(3),
                row.getLong(4),
                recipients == null
                        ? List.of()
                        : Json.read(recipients.getBytes(StandardCharsets.UTF_8), Recipients.class)
                                .recipients());
    }

    /** Whether something of a group has not been delivered yet. */
    public static boolean waits(Handle handle, String receiver, String group) {
        return handle.createQuery("select seq from outbox where receiver = :receiver and group_id = :group limit 1")
                .bind("receiver", receiver)
                .bind("group", group)
                .mapTo(Long.class)
                .findFirst()
                .isPresent();
    }

    /** They were delivered, or never will be. */
    public void remove(List<Long> seqs) throws SQLException {
        database.inTransaction(handle -> handle.createUpdate("delete from outbox where seq in (<seqs>)")
                .bindList("seqs", seqs)
                .execute());
    }

    /**
     * Some entries were delivered as one, and some recipients are to be told later. That is no part of the group any more: the
     * others need not wait for them. Nothing is left of what somebody else has settled meanwhile.
     */
    public void left(
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

    /** They are to be tried again. */
    public void retry(List<Long> seqs, long nextAttemptMs) throws SQLException {
        database.inTransaction(handle -> handle.createUpdate(
                        "update outbox set attempts = attempts + 1, next_attempt_ms = :next where seq in (<seqs>)")
                .bindList("seqs", seqs)
                .bind("next", nextAttemptMs)
                .execute());
    }

    /** How much waits, by receiver. */
    public List<Depth> depths() throws SQLException {
        return database.query(
                handle -> handle.createQuery("select receiver, count(*), min(created_ms) from outbox group by receiver")
                        .map((row, context) -> new Depth(row.getString(1), row.getLong(2), row.getLong(3)))
                        .list());
    }

    /** How many wait, over all receivers. */
    public long size() throws SQLException {
        return depths().stream().mapToLong(Depth::waiting).sum();
    }

    /** For whoever serves a receiver: one replica at a time, so that its pace and the order hold. */
    public Lease lease(String receiver, InstantSource clock) {
        return new Lease(database, "receiver/" + receiver, clock);
    }
}
