package dev.weir.alerting.store;

import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Groups of alerts that a receiver is told of together. All of it is part of somebody's transaction. */
public final class GroupStore {
    private GroupStore() {}

    /**
     * @param id by which receivers such as PagerDuty know it; the key that it began with
     * @param key by which it is found: of its receiver, its route's matchers and its labels
     * @param route the key of its route
     * @param dueMs when to look whether there is something to tell; null for not before something happens
     * @param sentMs when it was last told; null for never
     */
    public record Group(
            String id,
            String key,
            String receiver,
            String route,
            Map<String, String> labels,
            @Nullable Long dueMs,
            @Nullable Long sentMs) {}

    private record Common(Map<String, String> labels) {}

    /**
     * @param changed whether it is to be told
     * @param told whether it was ever told
     * @param quiet whether nobody is to be told of it any more, though it was told or was to be
     * @param left whether it has begun anew in another incident
     */
    public record Member(
            String alert, String incident, boolean changed, boolean notified, boolean unreported, boolean left) {
        /** Whether it goes on as one of its incident and is to be told of. */
        public boolean isReported() {
            return !unreported && !left;
        }
    }

    /** Nobody else looks at it until the transaction is over. */
    public static Optional<Group> locked(Handle handle, String id) {
        return handle.createQuery("select * from notification_group where id = :id for update")
                .bind("id", id)
                .map((row, context) -> group(row))
                .findOne();
    }

    /** The same by its key. */
    public static Optional<Group> lockedByKey(Handle handle, String key) {
        return handle.createQuery("select * from notification_group where group_key = :key for update")
                .bind("key", key)
                .map((row, context) -> group(row))
                .findOne();
    }

    /** Groups that were made before there were keys, with the path of their route in place of its key. */
    public static List<Group> withoutKey(Handle handle) {
        return handle.createQuery("select * from notification_group where group_key is null for update")
                .map((row, context) -> group(row))
                .list();
    }

    /** A group that had no key has one from now on, unless another has it. */
    public static void adopt(Handle handle, String id, String key, String route) {
        handle.createUpdate("update notification_group set group_key = :key, route = :route where id = :id"
                        + " and not exists (select 1 from notification_group other where other.group_key = :key)")
                .bind("id", id)
                .bind("key", key)
                .bind("route", route)
                .execute();
    }

    /** The id of the group of some receivers that it is time to look at and that nobody else looks at; the one that has waited longest. */
    public static Optional<String> due(Handle handle, Collection<String> receivers, long nowMs) {
        return handle.createQuery("select id from notification_group where due_ms <= :now"
                        + " and receiver in (<receivers>) order by due_ms limit 1 for update skip locked")
                .bindList("receivers", List.copyOf(receivers))
                .bind("now", nowMs)
                .mapTo(String.class)
                .findOne();
    }

    /** It is not looked at before then. */
    public static void postpone(Handle handle, String id, long dueMs) {
        handle.createUpdate("update notification_group set due_ms = :due where id = :id")
                .bind("id", id)
                .bind("due", dueMs)
                .execute();
    }

    /** Forgets groups of which nothing was told since, and what has waited since, of receivers that are gone; how many notifications. */
    public static int forgetAllBut(Handle handle, Collection<String> receivers, long beforeMs) {
        handle.createUpdate("delete from notification_group where receiver not in (<receivers>)"
                        + " and coalesce(due_ms, 0) < :before and coalesce(sent_ms, 0) < :before")
                .bindList("receivers", List.copyOf(receivers))
                .bind("before", beforeMs)
                .execute();
        return handle.createUpdate("delete from outbox where receiver not in (<receivers>) and created_ms < :before")
                .bindList("receivers", List.copyOf(receivers))
                .bind("before", beforeMs)
                .execute();
    }

    public static void insert(Handle handle, Group group) {
        handle.createUpdate("insert into notification_group (id, group_key, receiver, route, labels, due_ms, sent_ms)"
                        + " values (:id, :key, :receiver, :route, :labels, :due, :sent)")
                .bind("id", group.id())
                .bind("key", group.key())
                .bind("receiver", group.receiver())
                .bind("route", group.route())
                .bind("labels", new String(Json.write(new Common(group.labels())), StandardCharsets.UTF_8))
                .bind("due", group.dueMs())
                .bind("sent", group.sentMs())
                .execute();
    }

    public static void update(Handle handle, String id, @Nullable Long dueMs, @Nullable Long sentMs) {
        handle.createUpdate("update notification_group set due_ms = :due, sent_ms = :sent where id = :id")
                .bind("id", id)
                .bind("due", dueMs)
                .bind("sent", sentMs)
                .execute();
    }

    public static void delete(Handle handle, String id) {
        handle.createUpdate("delete from notification_group where id = :id")
                .bind("id", id)
                .execute();
    }

    /** Whatever is told of an incident is to be looked at. */
    public static void touch(Handle handle, String incident, long nowMs) {
        // Not only of those that are due later: one that is being looked at may have been read before what is to be
        // told.
        handle.createUpdate("update notification_group set due_ms = case when due_ms <= :now then due_ms else :now end"
                        + " where id in (select group_id from notification_member where incident = :incident)")
                .bind("incident", incident)
                .bind("now", nowMs)
                .execute();
    }

    public static List<Member> members(Handle handle, String group) {
        return handle.createQuery("select m.alert, m.incident, m.changed, m.told, coalesce(a.quiet, true),"
                        + " coalesce(a.incident <> m.incident, true) from notification_member m"
                        + " left join alert a on a.id = m.alert where m.group_id = :group order by m.alert")
                .bind("group", group)
                .map((row, context) -> new Member(
                        row.getString(1),
                        row.getString(2),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        row.getBoolean(5),
                        row.getBoolean(6)))
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
            handle.createUpdate("insert into notification_member (group_id, alert, incident, changed, told)"
                            + " values (:group, :alert, :incident, true, false)")
                    .bind("group", group)
                    .bind("alert", alert)
                    .bind("incident", incident)
                    .execute();
        }
    }

    /** What was told of these incidents is told. */
    public static void markNotified(Handle handle, String group, List<String> incidents) {
        Chunks.of(incidents)
                .forEach(chunk -> handle.createUpdate("update notification_member set changed = false, told = true"
                                + " where group_id = :group and incident in (<incidents>)")
                        .bind("group", group)
                        .bindList("incidents", chunk)
                        .execute());
    }

    /** Groups that an incident is told with. */
    public static List<String> of(Handle handle, String incident) {
        return handle.createQuery(
                        "select distinct group_id from notification_member where incident = :incident order by group_id")
                .bind("incident", incident)
                .mapTo(String.class)
                .list();
    }

    /** An alert is no longer one of an incident: whoever was told of it as that is still to hear when that is over, nobody else. */
    public static void leave(Handle handle, String alert, String incident) {
        handle.createUpdate("delete from notification_member where alert = :alert and incident = :incident"
                        + " and told = false")
                .bind("alert", alert)
                .bind("incident", incident)
                .execute();
    }

    /** The alerts of these incidents are no part of the group any more. */
    public static void remove(Handle handle, String group, List<String> incidents) {
        Chunks.of(incidents).forEach(chunk -> handle.createUpdate(
                        "delete from notification_member where group_id = :group and incident in (<incidents>)")
                .bind("group", group)
                .bindList("incidents", chunk)
                .execute());
    }

    private static Group group(ResultSet row) throws SQLException {
        long due = row.getLong("due_ms");
        Long dueMs = row.wasNull() ? null : Long.valueOf(due);
        long sent = row.getLong("sent_ms");
        Long sentMs = row.wasNull() ? null : Long.valueOf(sent);
        return new Group(
                row.getString("id"),
                Objects.requireNonNullElse(row.getString("group_key"), ""),
                row.getString("receiver"),
                row.getString("route"),
                Json.read(row.getString("labels").getBytes(StandardCharsets.UTF_8), Common.class)
                        .labels(),
                dueMs,
                sentMs);
    }
}
