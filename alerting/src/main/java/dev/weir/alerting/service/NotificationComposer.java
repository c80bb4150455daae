package dev.weir.alerting.service;

import dev.weir.alerting.message.Notification;
import dev.weir.alerting.route.Routes.Route;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.GroupStore.Member;
import dev.weir.model.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Composes the notifications of a decision: one with the worst alerts, or as many as hold all alerts. */
final class NotificationComposer {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationComposer.class);
    private static final int MOST = Notification.MAX_ALERTS;

    private final Set<String> complete;

    /**
     * Creates a composer.
     *
     * @param complete receivers that get every alert, in as many notifications as needed
     */
    NotificationComposer(Set<String> complete) {
        this.complete = Set.copyOf(complete);
    }

    /** The notifications of a decision; none when the group is not notified. */
    List<Notification> compose(Handle handle, GroupSnapshot group, NotifyDecision decision, Route route) {
        if (!decision.isNotified()) {
            return List.of();
        }
        List<String> firing = decision.firing().stream().map(Member::alert).toList();
        List<String> resolved = decision.resolved().stream().map(Member::alert).toList();
        if (!complete.contains(group.group().receiver())) {
            return part(handle, group, decision, route, 0, firing, resolved);
        }
        List<Notification> parts = new ArrayList<>();
        for (int from = 0; from < Math.max(firing.size(), resolved.size()); from += MOST) {
            parts.addAll(part(handle, group, decision, route, from, slice(firing, from), slice(resolved, from)));
        }
        return parts;
    }

    private static List<String> slice(List<String> ids, int from) {
        int start = Math.min(ids.size(), from);
        return ids.subList(start, Math.min(ids.size(), start + MOST));
    }

    /** One notification; none when its alerts were deleted meanwhile. */
    private static List<Notification> part(
            Handle handle,
            GroupSnapshot group,
            NotifyDecision decision,
            Route route,
            int from,
            List<String> firing,
            List<String> resolved) {
        List<Alert> alerts = AlertStore.worst(handle, firing, MOST);
        List<Alert> over = AlertStore.worst(handle, resolved, MOST);
        if (alerts.isEmpty() && over.isEmpty()) {
            return List.of();
        }
        return List.of(templated(
                Notification.builder(
                                UUID.randomUUID().toString(),
                                kind(group, decision.reason(), from > 0, alerts.isEmpty()))
                        .receiver(group.group().receiver())
                        .groupKey(group.group().id())
                        .groupLabels(group.group().labels())
                        .incidents(
                                Notification.bounded(group.incidents(), Stream.concat(alerts.stream(), over.stream())))
                        .alerts(alerts)
                        .resolved(over)
                        .more(Math.max(0, firing.size() - MOST) + Math.max(0, resolved.size() - MOST))
                        .atMs(group.nowMs())
                        .build(),
                route));
    }

    /** The kind of a part: the parts behind the first update it, and one without open alerts resolves them. */
    private static Notification.Kind kind(GroupSnapshot group, NotifyReason reason, boolean isFurther, boolean isOver) {
        // A group that ended when its incident was over begins anew, and so it does at the receiver.
        Notification.Kind kind =
                reason == NotifyReason.REOPENED && group.group().sentMs() == null
                        ? Notification.Kind.FIRING
                        : Objects.requireNonNull(reason.kind());
        if (!isFurther) {
            return kind;
        }
        if (isOver) {
            return Notification.Kind.RESOLVED;
        }
        return kind == Notification.Kind.FIRING ? Notification.Kind.UPDATED : kind;
    }

    /** Applies the route's template. It was tried at the start, so a failure here falls back to the default text. */
    private static Notification templated(Notification notification, Route route) {
        try {
            return route.wording().of(notification);
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "{}: the template failed ({}); the notification is sent with the default text",
                    route.path(),
                    e.getMessage());
            return notification;
        }
    }
}
