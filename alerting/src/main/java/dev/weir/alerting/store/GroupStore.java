package dev.weir.alerting.store;

import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Groups of alerts that a receiver is told of together. All of it is part of somebody's transaction. */
public final class GroupStore {
    private GroupStore() {}

    /**
     * @param route where its route stands in the tree
     * @param dueMs when to look whether there is something to tell; null for not before something happens
     * @param sentMs when it was last told; null for never
     * @param sentCount how often it was told
     */
    public record Group(
            String id,
            String receiver,
            String route,
            Map<String, String> labels,
            @Nullable Long dueMs,
            @Nullable Long sentMs,
            long sentCount) {}

    private record Common(Map<String, String> labels) {}

    /** @param changed whether it is to be told */
    public record Member(String alert, String incident, boolean changed) {}

    /** Nobody else looks at it until the transaction is over. */
    public static Optional<Group> locked(Handle handle, String id) {
        return handle.createQuery("select * from notification_group where id = :id for update")
                .bind("id", id)
                .map((row, context) -> group(row))
                .findOne();
    }

    /** The groups that it is time to look at, which nobody else looks at now. */
    public static List<Group> due(Handle handle, long nowMs, int limit) {
        return handle.createQuery("select * from notification_group where due_ms <= :now order by due_ms limit :limit"
                        + " for update skip locked")
                .bind("now", nowMs)
                .bind("limit", limit)
                .map((row, context) -> group(row))
                .list();
    }

    public static void insert(Handle handle, Group group) {
        handle.createUpdate("insert into notification_group (id, receiver, route, labels, due_ms, sent_ms, sent_count)"
                        + " values (:id, :receiver, :route, :labels, :due, :sent, :count)")
                .bind("id", group.id())
                .bind("receiver", group.receiver())
                .bind("route", group.route())
                .bind("labels", new String(Json.write(new Common(group.labels())), StandardCharsets.UTF_8))
                .bind("due", group.dueMs())
                .bind("sent", group.sentMs())
                .bind("count", group.sentCount())
                .execute();
    }

    public static void update(Handle handle, String id, @Nullable Long dueMs, @Nullable Long sentMs, long sentCount) {
        handle.createUpdate(
                        "update notification_group set due_ms = :due, sent_ms = :sent, sent_count = :count where id = :id")
                .bind("id", id)
                .bind("due", dueMs)
                .bind("sent", sentMs)
                .bind("count", sentCount)
                .execute();
    }

    public static void delete(Handle handle, String id) {
        handle.createUpdate("delete from notification_group where id = :id")
                .bind("id", id)
                .execute();
    }

    /** Whatever is told of an incident is to be looked at. */
    public static void touch(Handle handle, String incident, long nowMs) {
        handle.createUpdate("update notification_group set due_ms = :now where (due_ms is null or due_ms > :now)"
                        + " and id in (select group_id from notification_member where incident = :incident)")
                .bind("incident", incident)
                .bind("now", nowMs)
                .execute();
    }

    public static List<Member> members(Handle handle, String group) {
        return handle.createQuery(
                        "select alert, incident, changed from notification_member where group_id = :group order by alert")
                .bind("group", group)
                .map((row, context) -> new Member(row.getString(1), row.getString(2), row.getBoolean(3)))
                .list();
    }

    /** An alert is part of the group, and something about it is to be told. */
    public static void change(Handle handle, String group, String alert, String incident) {
        int known = handle.createUpdate("update notification_member set changed = true, incident = :incident"
                        + " where group_id = :group and alert = :alert")
                .bind("group", group)
                .bind("alert", alert)
                .bind("incident", incident)
                .execute();
        if (known == 0) {
            handle.createUpdate("insert into notification_member (group_id, alert, incident, changed)"
                            + " values (:group, :alert, :incident, true)")
                    .bind("group", group)
                    .bind("alert", alert)
                    .bind("incident", incident)
                    .execute();
        }
    }

    /** What was told of these incidents is told. */
    public static void told(Handle handle, String group, List<String> incidents) {
        if (!incidents.isEmpty()) {
            handle.createUpdate("update notification_member set changed = false where group_id = :group"
                            + " and incident in (<incidents>)")
                    .bind("group", group)
                    .bindList("incidents", incidents)
                    .execute();
        }
    }

    /** The alerts of these incidents are no part of the group any more. */
    public static void remove(Handle handle, String group, List<String> incidents) {
        if (!incidents.isEmpty()) {
            handle.createUpdate("delete from notification_member where group_id = :group"
                            + " and incident in (<incidents>)")
                    .bind("group", group)
                    .bindList("incidents", incidents)
                    .execute();
        }
    }

    private static Group group(ResultSet row) throws SQLException {
        long due = row.getLong("due_ms");
        Long dueMs = row.wasNull() ? null : Long.valueOf(due);
        long sent = row.getLong("sent_ms");
        Long sentMs = row.wasNull() ? null : Long.valueOf(sent);
        return new Group(
                row.getString("id"),
                row.getString("receiver"),
                row.getString("route"),
                Json.read(row.getString("labels").getBytes(StandardCharsets.UTF_8), Common.class)
                        .labels(),
                dueMs,
                sentMs,
                row.getLong("sent_count"));
    }
}
