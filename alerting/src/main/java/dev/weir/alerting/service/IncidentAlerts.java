package dev.weir.alerting.service;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.AlertStore.Applied;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.GroupStore;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.alerting.store.Progress;
import dev.weir.model.Alert;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Stores alerts and groups them into incidents. */
public final class IncidentAlerts {
    private final Database database;
    private final NotificationGroups groups;
    private final IncidentChanges changes;
    private final InstantSource clock;

    IncidentAlerts(Database database, NotificationGroups groups, IncidentChanges changes, InstantSource clock) {
        this.database = database;
        this.groups = groups;
        this.changes = changes;
        this.clock = clock;
    }

    /** Stores alerts that were read from no topic. */
    public List<Applied> take(List<Alert> alerts) throws SQLException {
        return take(alerts, Progress.NONE);
    }

    /**
     * Stores alerts that supersede the stored ones, groups them into incidents, and adds them to groups for
     * notification.
     */
    public List<Applied> take(List<Alert> alerts, Progress progress) throws SQLException {
        return database.inTransaction(handle -> {
            progress.mark(handle);
            List<Applied> applied = new ArrayList<>();
            for (Alert alert : alerts) {
                applied.add(take(handle, alert));
            }
            return applied;
        });
    }

    private Applied take(Handle handle, Alert alert) {
        long now = clock.millis();
        String id = Lifecycle.idOf(alert);
        // Other changes of the incident, and other alerts of it, wait here.
        Optional<Incident> before = IncidentStore.locked(handle, id);
        Optional<AlertStore.Stored> old = AlertStore.stored(handle, alert.id());
        // The alert leaves its old incident in its stored form, before the new form is stored.
        old.filter(known -> !known.incident().equals(id) && alert.supersedes(known.alert()))
                .ifPresent(known -> leave(handle, known.incident(), alert));
        Applied applied = AlertStore.apply(handle, alert);
        if (applied == Applied.STALE) {
            return applied;
        }
        boolean isNew = applied == Applied.NEW || applied == Applied.MOVED;
        Lifecycle.Transition next =
                Lifecycle.absorbed(before.orElse(null), alert, isNew, applied == Applied.RAISED, now);
        Incident absorbed = next.incident();
        boolean isReportedAgain =
                old.filter(known -> known.alert().isUnreported()).isPresent();
        boolean unsnoozes = isNew && absorbed.isSnoozed(now) && isOfAnotherNamespace(handle, id, alert);
        Incident incident = unsnoozes ? Lifecycle.unsnoozed(absorbed, now) : absorbed;
        if (before.isPresent()) {
            IncidentStore.update(handle, incident);
        } else {
            IncidentStore.insert(handle, incident);
        }
        AlertStore.setStatus(handle, id, incident.status());
        next.kind()
                .ifPresent(kind ->
                        IncidentStore.append(handle, id, now, kind, TimelineEntry.WEIR, alert.id(), next.detail()));
        if (unsnoozes) {
            String why = "an alert of another namespace joined";
            IncidentStore.append(handle, id, now, Kind.UNSNOOZED, TimelineEntry.WEIR, alert.id(), why);
        }
        boolean isBack = next.kind().filter(kind -> kind == Kind.REOPENED).isPresent();
        boolean isWorthNotifying = isNew || applied == Applied.RAISED || isBack || isReportedAgain;
        if (isWorthNotifying && !alert.isUnreported() && incident.status().isActive()) {
            groups.add(handle, alert, incident, now);
        }
        return applied;
    }

    /**
     * True if no unsuppressed alert of this namespace was in the incident when it was snoozed; such an alert ends the
     * snooze.
     */
    private static boolean isOfAnotherNamespace(Handle handle, String id, Alert alert) {
        return !alert.isUnreported()
                && AlertStore.ofIncident(handle, id).stream()
                        .map(AlertStore.Stored::alert)
                        .filter(other -> !other.id().equals(alert.id()) && !other.isUnreported())
                        .noneMatch(other -> Objects.equals(other.namespace(), alert.namespace()));
    }

    /**
     * Removes an alert that starts again in another incident. If the old incident becomes empty it is resolved, and its
     * receivers are notified first.
     */
    private void leave(Handle handle, String id, Alert alert) {
        Optional<Incident> found = IncidentStore.locked(handle, id);
        if (found.isEmpty()) {
            return;
        }
        Incident old = found.get();
        long now = clock.millis();
        String why = "begins anew in incident " + Lifecycle.idOf(alert);
        boolean wasLast = AlertStore.ofIncident(handle, id).stream()
                .allMatch(each -> each.alert().id().equals(alert.id()));
        if (wasLast) {
            if (old.status().isActive()) {
                IncidentChange over = new IncidentChange(
                        IncidentChange.Action.RESOLVE, TimelineEntry.WEIR, "its alert " + why, null, null);
                changes.apply(handle, old, over, NamespaceScope.ALL);
            }
            groups.flush(handle, old, now);
        } else {
            IncidentStore.update(handle, old.without());
            IncidentStore.append(handle, id, now, Kind.NOTE, TimelineEntry.WEIR, alert.id(), why);
            GroupStore.leave(handle, alert.id(), id);
        }
    }
}
