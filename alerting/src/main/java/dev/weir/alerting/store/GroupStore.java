package dev.weir.alerting.store;

import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Notification groups and their members. All methods run in the caller's transaction. */
public final class GroupStore {
    private GroupStore() {}

    /**
     * The alerts of one receiver, route and set of labels that share notifications.
     *
     * @param id id in notifications, by which receivers such as PagerDuty recognize the group; equal to the first key
     *     of the group
     * @param key hash of the receiver, the matchers of the route and the labels
     * @param route key of the route
     * @param dueMs time of the next look at the group; null for not before one of its alerts changes
     * @param sentMs time of the last notification; null for none
     */
    public record Group(
            String id,
            String key,
            String receiver,
            String route,
            Map<String, String> labels,
            @Nullable Long dueMs,
            @Nullable Long sentMs) {
        /** The same group, due at a time. */
        public Group dueAt(long ms) {
            return new Group(id, key, receiver, route, labels, ms, sentMs);
        }
    }

    private record Common(Map<String, String> labels) {}

    /** A mark of an alert in a group; its name is that of the column in {@link #members}. */
    public enum Mark {
        /** The next notification must include the alert. */
        CHANGED,
        /** The receiver has been notified of the alert. */
        NOTIFIED,
        /** The alert is suppressed or folded into a digest, or deleted. */
        UNREPORTED,
        /** The alert belongs to another incident now, or is deleted. */
        MOVED;

        private static Set<Mark> of(ResultSet row) throws SQLException {
            Set<Mark> marks = EnumSet.noneOf(Mark.class);
            for (Mark mark : values()) {
                if (row.getBoolean(mark.name())) {
                    marks.add(mark);
                }
            }
            return marks;
        }
    }

    /** An alert of a group, with the incident under which the group has it. */
    public record Member(String alert, String incident, Set<Mark> marks) {
        public Member {
            marks = Set.copyOf(marks);
        }

        public boolean is(Mark mark) {
            return marks.contains(mark);
        }

        /** True if notifications of the group may include it. */
        public boolean isReported() {
            return !is(Mark.UNREPORTED) && !is(Mark.MOVED);
        }
    }

    /** Reads a group and locks its row until the transaction ends. */
    public static Optional<Group> locked(Handle handle, String id) {
        return handle.createQuery("select * from notification_group where id = :id for update")
                .bind("id", id)
                .map((row, context) -> group(row))
                .findOne();
    }

    /** Reads a group by its key and locks its row until the transaction ends. */
    public static Optional<Group> lockedByKey(Handle handle, String key) {
        return handle.createQuery("select * from notification_group where group_key = :key for update")
                .bind("key", key)
                .map((row, context) -> group(row))
                .findOne();
    }

    /** Groups of an earlier version of Weir, which have the path of their route in place of its key. */
    public static List<Group> withoutKey(Handle handle) {
        return handle.createQuery("select * from notification_group where group_key is null for update")
                .map((row, context) -> group(row))
                .list();
    }

    /** Sets the key of a group of an earlier version, unless another group has it. */
    public static void adopt(Handle handle, String id, String key, String route) {
        handle.createUpdate("update notification_group set group_key = :key, route = :route where id = :id"
                        + " and not exists (select 1 from notification_group other where other.group_key = :key)")
                .bind("id", id)
                .bind("key", key)
                .bind("route", route)
                .execute();
    }

    /** The id of the group of these receivers that is overdue the longest, and not locked by another transaction. */
    public static Optional<String> due(Handle handle, Collection<String> receivers, long nowMs) {
        return handle.createQuery("select id from notification_group where due_ms <= :now"
                        + " and receiver in (<receivers>) order by due_ms limit 1 for update skip locked")
                .bindList("receivers", List.copyOf(receivers))
                .bind("now", nowMs)
                .mapTo(String.class)
                .findOne();
    }

    /** Sets the time of the next look at a group. */
    public static void postpone(Handle handle, String id, long dueMs) {
        handle.createUpdate("update notification_group set due_ms = :due where id = :id")
                .bind("id", id)
                .bind("due", dueMs)
                .execute();
    }

    /**
     * Deletes groups and waiting notifications of removed receivers, if both the last notification and the due time are
     * before a time.
     *
     * @param receivers receivers of the configuration
     * @return number of deleted notifications
     */
    public static int deleteAllBut(Handle handle, Collection<String> receivers, long beforeMs) {
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

    /** Makes all groups with alerts of an incident due now. */
    public static void touch(Handle handle, String incident, long nowMs) {
        // Groups that are due already are updated too: a flush that read the members before this change holds the row
        // lock, and this update makes the group due again after it.
        handle.createUpdate("update notification_group set due_ms = case when due_ms <= :now then due_ms else :now end"
                        + " where id in (select group_id from notification_member where incident = :incident)")
                .bind("incident", incident)
                .bind("now", nowMs)
                .execute();
    }

    public static List<Member> members(Handle handle, String group) {
        return handle.createQuery("select m.alert, m.incident, m.changed, m.notified,"
                        + " coalesce(a.unreported, true) as unreported, coalesce(a.incident <> m.incident, true) as moved"
                        + " from notification_member m left join alert a on a.id = m.alert"
                        + " where m.group_id = :group order by m.alert")
                .bind("group", group)
                .map((row, context) -> new Member(row.getString("alert"), row.getString("incident"), Mark.of(row)))
                .list();
    }

    /** Adds an alert to a group, or marks it as changed. */
    public static void change(Handle handle, String group, String alert, String incident) {
        int known = handle.createUpdate("update notification_member set changed = true, incident = :incident"
                        + " where group_id = :group and alert = :alert")
                .bind("group", group)
                .bind("alert", alert)
                .bind("incident", incident)
                .execute();
        if (known == 0) {
            handle.createUpdate("insert into notification_member (group_id, alert, incident, changed, notified)"
                            + " values (:group, :alert, :incident, true, false)")
                    .bind("group", group)
                    .bind("alert", alert)
                    .bind("incident", incident)
                    .execute();
        }
    }

    /** Marks the alerts of these incidents as notified. */
    public static void markNotified(Handle handle, String group, List<String> incidents) {
        Chunks.of(incidents)
                .forEach(chunk -> handle.createUpdate("update notification_member set changed = false, notified = true"
                                + " where group_id = :group and incident in (<incidents>)")
                        .bind("group", group)
                        .bindList("incidents", chunk)
                        .execute());
    }

    /** Ids of the groups with alerts of an incident. */
    public static List<String> of(Handle handle, String incident) {
        return handle.createQuery(
                        "select distinct group_id from notification_member where incident = :incident order by group_id")
                .bind("incident", incident)
                .mapTo(String.class)
                .list();
    }

    /**
     * Removes an alert that has moved to another incident from groups that were not notified of it. Where the receiver
     * was, the member stays until the receiver is notified that the old incident is over.
     */
    public static void leave(Handle handle, String alert, String incident) {
        handle.createUpdate("delete from notification_member where alert = :alert and incident = :incident"
                        + " and notified = false")
                .bind("alert", alert)
                .bind("incident", incident)
                .execute();
    }

    /** Removes the alerts of these incidents from a group. */
    public static void remove(Handle handle, String group, List<String> incidents) {
        Chunks.of(incidents).forEach(chunk -> handle.createUpdate(
                        "delete from notification_member where group_id = :group and incident in (<incidents>)")
                .bind("group", group)
                .bindList("incidents", chunk)
                .execute());
    }

    private static Group group(ResultSet row) throws SQLException {
        return new Group(
                row.getString("id"),
                Objects.requireNonNullElse(row.getString("group_key"), ""),
                row.getString("receiver"),
                row.getString("route"),
                Json.read(row.getString("labels").getBytes(StandardCharsets.UTF_8), Common.class)
                        .labels(),
                row.getObject("due_ms", Long.class),
                row.getObject("sent_ms", Long.class));
    }
}
