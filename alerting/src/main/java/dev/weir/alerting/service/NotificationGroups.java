package dev.weir.alerting.service;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.alerting.route.Labels;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.Routes.Route;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.GroupStore;
import dev.weir.alerting.store.GroupStore.Group;
import dev.weir.alerting.store.GroupStore.Mark;
import dev.weir.alerting.store.GroupStore.Member;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.alerting.store.OutboxStore;
import dev.weir.common.Sha256;
import dev.weir.model.Alert;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups alerts by the routes and notifies the groups' receivers in stages: select the group, decide, compose the
 * notifications, enqueue them in the outbox. A group's stages are one transaction.
 */
public final class NotificationGroups {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationGroups.class);

    private static final int AT_ONCE = 50;

    private final Database database;
    private final Routes routes;
    private final Map<String, Duration> resend;
    private final Set<String> receivers;
    private final NotificationComposer composer;

    /** Creates groups of receivers of which none requires every alert. */
    public NotificationGroups(Database database, Routes routes, Map<String, Duration> resend) {
        this(database, routes, resend, Set.of());
    }

    /**
     * Creates the groups of some routes.
     *
     * @param resend by receiver, the interval at which it requires all open alerts again, shorter than the route's
     * @param complete receivers that get every alert, in as many notifications as needed; others get the worst alerts
     */
    public NotificationGroups(Database database, Routes routes, Map<String, Duration> resend, Set<String> complete) {
        this.database = database;
        this.routes = routes;
        this.resend = Map.copyOf(resend);
        this.receivers = routes.all().stream().map(Route::receiver).collect(Collectors.toUnmodifiableSet());
        this.composer = new NotificationComposer(complete);
    }

    /** Adds an alert that is new or has changed to the groups of all its routes. */
    void add(Handle handle, Alert alert, Incident incident, long nowMs) {
        Map<String, String> labels = Labels.of(alert, incident.id());
        for (Route route : routes.matching(labels)) {
            Map<String, String> common = route.group(labels);
            String key = key(route, common);
            Optional<Group> known = GroupStore.lockedByKey(handle, key);
            Group group = known.orElseGet(() -> new Group(key, key, route.receiver(), route.key(), common, null, null));
            long due = DueTimes.afterChange(group, route, nowMs);
            if (known.isEmpty()) {
                GroupStore.insert(handle, group.dueAt(due));
            } else {
                GroupStore.update(handle, group.id(), due, group.sentMs());
            }
            GroupStore.change(handle, group.id(), alert.id(), incident.id());
        }
    }

    private static String key(Route route, Map<String, String> labels) {
        return Sha256.hex(route.receiver() + "\n" + route.key() + "\n" + new TreeMap<>(labels), 16);
    }

    /**
     * Gives groups of an earlier version their keys, so that they keep their ids. They name their route by its place in
     * the tree: groups of routes that moved with the new version begin anew.
     */
    public void adopt() throws SQLException {
        database.inTransaction(handle -> {
            List<Group> all = GroupStore.withoutKey(handle);
            for (Group group : all) {
                routes.atPath(group.route())
                        .filter(route -> route.receiver().equals(group.receiver()))
                        .ifPresent(
                                route -> GroupStore.adopt(handle, group.id(), key(route, group.labels()), route.key()));
            }
            return all;
        });
    }

    /**
     * The result of a run.
     *
     * @param decided number of groups decided about
     * @param failed number of them whose transaction failed; they are due again a while later
     * @param reasons number of groups by the reason of their decision
     */
    public record Flushed(int decided, int failed, Map<NotifyReason, Integer> reasons) {}

    /** Decides about groups that are due, each in its own transaction, so that a failure leaves the others alone. */
    public Flushed flush(long nowMs) throws SQLException {
        int decided = 0;
        int failed = 0;
        Map<NotifyReason, Integer> reasons = new TreeMap<>();
        while (decided < AT_ONCE) {
            AtomicReference<@Nullable String> due = new AtomicReference<>();
            try {
                database.inTransaction(handle -> {
                            due.set(GroupStore.due(handle, receivers, nowMs).orElse(null));
                            return Optional.ofNullable(due.get())
                                    .flatMap(id -> GroupStore.locked(handle, id))
                                    .map(group -> flush(handle, group, nowMs));
                        })
                        .ifPresent(reason -> reasons.merge(reason, 1, Integer::sum));
            } catch (SQLException | RuntimeException e) {
                String id = due.get();
                if (id == null) {
                    throw e;
                }
                failed++;
                long again = DueTimes.afterFailure(nowMs);
                LOG.error("making the notification of group {} failed; next attempt in {} ms", id, again - nowMs, e);
                database.inTransaction(handle -> {
                    GroupStore.postpone(handle, id, again);
                    return id;
                });
            }
            if (due.get() == null) {
                break;
            }
            decided++;
        }
        return new Flushed(decided, failed, reasons);
    }

    /** Deletes groups and notifications of receivers that no longer exist, and returns the number of notifications. */
    public int deleteGone(long beforeMs) throws SQLException {
        int deleted = database.inTransaction(handle -> GroupStore.deleteAllBut(handle, receivers, beforeMs));
        if (deleted > 0) {
            LOG.warn("{} notifications for receivers that no longer exist are deleted", deleted);
        }
        return deleted;
    }

    /** Decides now about the groups of an incident, so that its notifications go ahead of later ones. */
    void flush(Handle handle, Incident incident, long nowMs) {
        for (String id : GroupStore.of(handle, incident.id())) {
            GroupStore.locked(handle, id).ifPresent(group -> flush(handle, group, nowMs));
        }
    }

    private NotifyReason flush(Handle handle, Group group, long nowMs) {
        Route route = routes.at(group.receiver(), group.route());
        GroupSnapshot snapshot = select(handle, group, route, nowMs);
        NotifyDecision decision = NotifyDecision.of(snapshot);
        composer.compose(handle, snapshot, decision, route).forEach(each -> OutboxStore.add(handle, each));
        store(handle, group, decision, nowMs);
        return decision.reason();
    }

    private GroupSnapshot select(Handle handle, Group group, Route route, long nowMs) {
        List<Member> members = GroupStore.members(handle, group.id());
        List<Member> changed =
                members.stream().filter(member -> member.is(Mark.CHANGED)).toList();
        Map<String, Incident> incidents = new TreeMap<>();
        IncidentStore.all(handle, incidents(members)).forEach(incident -> incidents.put(incident.id(), incident));
        NotifyTerms terms = NotifyTerms.of(route, resend.get(group.receiver()), nowMs);
        return new GroupSnapshot(
                group,
                members,
                incidents,
                IncidentStore.reopened(handle, incidents(changed), group.receiver()),
                terms,
                DueTimes.isRepeatDue(group.sentMs(), terms.repeat(), nowMs)
                        && OutboxStore.waits(handle, group.receiver(), group.id()),
                nowMs);
    }

    /** Writes a notification into the timelines of its incidents, and what the decision leaves of the group. */
    private static void store(Handle handle, Group group, NotifyDecision decision, long nowMs) {
        List<String> notified = incidents(decision.notified());
        notified.forEach(incident -> IncidentStore.append(
                handle, incident, nowMs, Kind.NOTIFIED, TimelineEntry.WEIR, null, group.receiver()));
        GroupStore.remove(handle, group.id(), incidents(decision.removed()));
        GroupStore.markNotified(handle, group.id(), notified);
        if (decision.isLast()) {
            GroupStore.delete(handle, group.id());
        } else {
            GroupStore.update(handle, group.id(), decision.dueMs(), decision.sentMs());
        }
    }

    private static List<String> incidents(List<Member> members) {
        return members.stream().map(Member::incident).distinct().toList();
    }
}
