package dev.weir.alerting.service;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.alerting.route.Labels;
import dev.weir.alerting.route.Notification;
import dev.weir.alerting.route.Routes;
import dev.weir.alerting.route.Routes.Route;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.GroupStore;
import dev.weir.alerting.store.GroupStore.Group;
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
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides which receiver is told of what, by the routes, and puts it into the outbox. */
public final class NotificationGroups {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationGroups.class);

    private static final int AT_ONCE = 50;
    private static final long MUTED_MS = 60_000;
    private static final long AGAIN_MS = 60_000;
    /** What was told is looked at again when it may have been delivered. */
    private static final long WAITS_MS = 10_000;

    private final Database database;
    private final Routes routes;
    private final Map<String, Duration> resend;
    private final Set<String> complete;
    private final Set<String> receivers;

    /** None of whose receivers wants to be told of every alert. */
    public NotificationGroups(Database database, Routes routes, Map<String, Duration> resend) {
        this(database, routes, resend, Set.of());
    }

    /**
     * @param complete receivers that are told of every alert, however many notifications it takes; others of the worst
     * @param resend by receiver, how often it wants to be told of what is still to be seen to, whatever the routes say
     */
    public NotificationGroups(Database database, Routes routes, Map<String, Duration> resend, Set<String> complete) {
        this.database = database;
        this.complete = Set.copyOf(complete);
        this.routes = routes;
        this.resend = Map.copyOf(resend);
        this.receivers = routes.all().stream().map(Route::receiver).collect(Collectors.toUnmodifiableSet());
    }

    /** Something about an alert is to be told. */
    void add(Handle handle, Alert alert, Incident incident, long nowMs) {
        Map<String, String> labels = Labels.of(alert, incident.id());
        for (Route route : routes.matching(labels)) {
            Map<String, String> common = route.group(labels);
            String key = key(route, common);
            Optional<Group> known = GroupStore.lockedByKey(handle, key);
            String id = known.map(Group::id).orElse(key);
            if (known.isEmpty()) {
                long due = nowMs + route.groupWait().toMillis();
                GroupStore.insert(handle, new Group(id, key, route.receiver(), route.key(), common, due, null));
            } else {
                Group group = known.get();
                Long sent = group.sentMs();
                long due = sent == null
                        ? nowMs + route.groupWait().toMillis()
                        : Math.max(nowMs, sent + route.groupInterval().toMillis());
                Long before = group.dueMs();
                GroupStore.update(handle, id, before == null ? due : Math.min(before, due), sent);
            }
            GroupStore.change(handle, id, alert.id(), incident.id());
        }
    }

    private static String key(Route route, Map<String, String> labels) {
        return Sha256.hex(route.receiver() + "\n" + route.key() + "\n" + new TreeMap<>(labels), 16);
    }

    /**
     * Gives groups of an earlier version their keys, so that what was notified of them goes on under the same id. They hold where their
     * route was in the tree: those of routes that moved with the new version begin anew.
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
     * @param due how many groups were looked at
     * @param failed of how many nobody could be told; they are due again a while later
     */
    public record Flushed(int due, int failed) {}

    /** Looks at groups that are due, each by itself so that one that fails leaves the others alone. */
    public Flushed flush(long nowMs) throws SQLException {
        int due = 0;
        int failed = 0;
        while (due < AT_ONCE) {
            AtomicReference<@Nullable String> looked = new AtomicReference<>();
            try {
                database.inTransaction(handle -> {
                    Optional<String> id = GroupStore.due(handle, receivers, nowMs);
                    looked.set(id.orElse(null));
                    id.flatMap(each -> GroupStore.locked(handle, each)).ifPresent(group -> flush(handle, group, nowMs));
                    return id;
                });
            } catch (SQLException | RuntimeException e) {
                String id = looked.get();
                if (id == null) {
                    throw e;
                }
                failed++;
                LOG.error("the notification of group {} cannot be made; next attempt in {} ms", id, AGAIN_MS, e);
                database.inTransaction(handle -> {
                    GroupStore.postpone(handle, id, nowMs + AGAIN_MS);
                    return id;
                });
            }
            if (looked.get() == null) {
                break;
            }
            due++;
        }
        return new Flushed(due, failed);
    }

    /** Forgets what was to be told to receivers that are gone, once it has waited for so long; how many notifications. */
    public int forgetGone(long beforeMs) throws SQLException {
        int forgotten = database.inTransaction(handle -> GroupStore.forgetAllBut(handle, receivers, beforeMs));
        if (forgotten > 0) {
            LOG.warn("{} notifications for receivers that are gone are forgotten", forgotten);
        }
        return forgotten;
    }

    private void flush(Handle handle, Group group, long nowMs) {
        Route route = routes.at(group.receiver(), group.route());
        if (route.isMuted(nowMs)) {
            GroupStore.update(handle, group.id(), nowMs + MUTED_MS, group.sentMs());
            return;
        }
        List<Member> members = GroupStore.members(handle, group.id());
        Map<String, Incident> incidents = new TreeMap<>();
        IncidentStore.all(
                        handle,
                        members.stream().map(Member::incident).distinct().toList())
                .forEach(incident -> incidents.put(incident.id(), incident));
        List<Member> over = members.stream()
                .filter(member -> !isActive(incidents.get(member.incident())))
                .toList();
        List<Member> told = members.stream()
                .filter(member -> member.isReported() && isTold(incidents.get(member.incident()), nowMs))
                .toList();
        Long before = group.sentMs();
        List<Member> changed = told.stream()
                .filter(member -> member.changed() || hasWoken(incidents.get(member.incident()), before, nowMs))
                .toList();
        // As long as all that goes on is snoozed, the group is neither over nor is there anything to say of it.
        boolean isAsleep = told.isEmpty()
                && members.stream()
                        .anyMatch(member -> member.isReported() && isAsleep(incidents.get(member.incident()), nowMs));
        // Of what was never told nobody needs to hear that it is over.
        List<Member> toldOver =
                over.stream().filter(member -> member.notified() && !isAsleep).toList();
        Duration repeat = repeat(group, route);
        boolean isTime = before != null && !told.isEmpty() && !repeat.isZero() && nowMs >= before + repeat.toMillis();
        // A receiver that is away is not to find the same over and over when it is back.
        boolean isRepeated = isTime && !OutboxStore.waits(handle, group.receiver(), group.id());
        Long sent = before;
        if (!changed.isEmpty() || !toldOver.isEmpty() || isRepeated) {
            Notification.Kind kind = kind(before, changed, told);
            boolean isAll = kind == Notification.Kind.REPEATED || resend.containsKey(group.receiver());
            tell(handle, group, route, kind, isAll ? told : changed, ended(toldOver), incidents, nowMs);
            Stream.concat(changed.stream(), toldOver.stream())
                    .map(Member::incident)
                    .distinct()
                    .forEach(incident -> IncidentStore.append(
                            handle, incident, nowMs, Kind.NOTIFIED, TimelineEntry.WEIR, null, group.receiver()));
            GroupStore.markNotified(
                    handle,
                    group.id(),
                    changed.stream().map(Member::incident).distinct().toList());
            sent = nowMs;
        }
        if (!isAsleep) {
            GroupStore.remove(
                    handle,
                    group.id(),
                    over.stream().map(Member::incident).distinct().toList());
        }
        if (over.size() == members.size()) {
            GroupStore.delete(handle, group.id());
        } else {
            Long next = !told.isEmpty() && sent != null && !repeat.isZero()
                    ? Math.max(sent + repeat.toMillis(), isTime && !isRepeated ? nowMs + WAITS_MS : 0)
                    : null;
            GroupStore.update(handle, group.id(), earliest(next, awake(incidents, nowMs)), sent);
        }
    }

    /** Looks at the groups of an incident now, so that what is to be told of it goes ahead of what follows. */
    void flush(Handle handle, Incident incident, long nowMs) {
        for (String id : GroupStore.of(handle, incident.id())) {
            GroupStore.locked(handle, id).ifPresent(group -> flush(handle, group, nowMs));
        }
    }

    private static boolean isActive(@Nullable Incident incident) {
        return incident != null && incident.status().isActive();
    }

    private static boolean isTold(@Nullable Incident incident, long nowMs) {
        return incident != null && incident.isReported(nowMs);
    }

    /** What goes on elsewhere has not ended; it stands for its incident where there is nothing else to tell of. */
    private static List<Member> ended(List<Member> over) {
        List<Member> ended = over.stream().filter(member -> !member.left()).toList();
        return ended.isEmpty() ? over : ended;
    }

    private static boolean isAsleep(@Nullable Incident incident, long nowMs) {
        return incident != null && incident.status().isActive() && incident.isSnoozed(nowMs);
    }

    /** Whether it was snoozed when the group was last told, and is no more. */
    private static boolean hasWoken(@Nullable Incident incident, @Nullable Long sentMs, long nowMs) {
        Long until = incident == null ? null : incident.snoozedUntilMs();
        return until != null && until <= nowMs && sentMs != null && sentMs < until;
    }

    private static Notification.Kind kind(@Nullable Long sent, List<Member> changed, List<Member> told) {
        if (told.isEmpty()) {
            return Notification.Kind.RESOLVED;
        }
        if (sent == null) {
            return Notification.Kind.FIRING;
        }
        return changed.isEmpty() ? Notification.Kind.REPEATED : Notification.Kind.UPDATED;
    }

    /** The sooner of what the receiver wants and what the route says; zero for never. */
    private Duration repeat(Group group, Route route) {
        Duration wanted = resend.getOrDefault(group.receiver(), Duration.ZERO);
        Duration said = route.repeatInterval();
        if (wanted.isZero() || said.isZero()) {
            return wanted.isZero() ? said : wanted;
        }
        return wanted.compareTo(said) < 0 ? wanted : said;
    }

    /** When the first that is snoozed is to be told of again. */
    private static @Nullable Long awake(Map<String, Incident> incidents, long nowMs) {
        Long first = null;
        for (Incident incident : incidents.values()) {
            if (incident.status().isActive() && incident.isSnoozed(nowMs)) {
                first = earliest(first, incident.snoozedUntilMs());
            }
        }
        return first;
    }

    private static @Nullable Long earliest(@Nullable Long a, @Nullable Long b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return Math.min(a, b);
    }

    /** As the route wants it said; as ever where its template does not do, which was tried at the start. */
    private static Notification worded(Notification notification, Route route) {
        try {
            return route.wording().of(notification);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: its template does not do: {}", route.path(), e.getMessage());
            return notification;
        }
    }

    /** Puts it into the outbox. */
    private void tell(
            Handle handle,
            Group group,
            Route route,
            Notification.Kind kind,
            List<Member> firing,
            List<Member> resolved,
            Map<String, Incident> incidents,
            long nowMs) {
        List<String> ids = firing.stream().map(Member::alert).toList();
        List<String> overIds = resolved.stream().map(Member::alert).toList();
        int most = Notification.MAX_ALERTS;
        int all = Math.max(ids.size(), overIds.size());
        int parts = complete.contains(group.receiver()) ? Math.max(1, (all + most - 1) / most) : 1;
        for (int part = 0; part < parts; part++) {
            List<String> shown = parts == 1 ? ids : part(ids, part);
            List<String> shownOver = parts == 1 ? overIds : part(overIds, part);
            List<Alert> alerts = AlertStore.worst(handle, shown, most);
            List<Alert> over = AlertStore.worst(handle, shownOver, most);
            Notification.Kind its = part > 0 && kind == Notification.Kind.FIRING ? Notification.Kind.UPDATED : kind;
            Notification notification = new Notification(
                    UUID.randomUUID().toString(),
                    alerts.isEmpty() && part > 0 ? Notification.Kind.RESOLVED : its,
                    group.receiver(),
                    group.id(),
                    group.labels(),
                    Notification.bounded(incidents, Stream.concat(alerts.stream(), over.stream())),
                    alerts,
                    over,
                    Math.max(0, shown.size() - most) + Math.max(0, shownOver.size() - most),
                    1,
                    nowMs);
            if (!alerts.isEmpty() || !over.isEmpty()) {
                OutboxStore.add(handle, worded(notification, route));
            }
        }
    }

    private static List<String> part(List<String> ids, int part) {
        int from = Math.min(ids.size(), part * Notification.MAX_ALERTS);
        return ids.subList(from, Math.min(ids.size(), from + Notification.MAX_ALERTS));
    }
}
