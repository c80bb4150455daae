package dev.weir.alerting.service;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.ConflictException;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.alerting.incident.OutOfScopeException;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.incident.TimelineEntry.Kind;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.AlertStore.Applied;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.GroupStore;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.alerting.store.Progress;
import dev.weir.model.Alert;
import dev.weir.model.Feedback;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores alerts, groups them into incidents, and applies the changes and decisions of people. */
public final class IncidentService {
    private static final Logger LOG = LoggerFactory.getLogger(IncidentService.class);
    private static final String EXPECTED = "expected";
    private static final String NOT_EXPECTED = "not_expected";
    /** The author of a decision from the topic that names none. */
    private static final String SOMEBODY = "weir.feedback";

    /** The changes that end the notifications of all alerts of an incident. */
    private static final Set<IncidentChange.Action> SILENCING =
            EnumSet.of(IncidentChange.Action.RESOLVE, IncidentChange.Action.SNOOZE, IncidentChange.Action.EXPECT);

    private static final int RESOLVED_AT_ONCE = 100;
    private static final int FORGOTTEN_AT_ONCE = 1_000;
    /**
     * The time after which the notifications about an ended incident have been sent, if their receiver is available.
     */
    private static final long OVER_FOR_MS = Duration.ofMinutes(10).toMillis();

    private final Database database;
    private final NotificationGroups groups;
    private final InstantSource clock;
    private final AlertingMetrics metrics;

    public IncidentService(Database database, NotificationGroups groups, InstantSource clock, AlertingMetrics metrics) {
        this.metrics = metrics;
        this.database = database;
        this.groups = groups;
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
        boolean wakes = isNew && absorbed.isSnoozed(now) && isOfAnotherNamespace(handle, id, alert);
        Incident incident = wakes ? Lifecycle.awake(absorbed, now) : absorbed;
        if (before.isPresent()) {
            IncidentStore.update(handle, incident);
        } else {
            IncidentStore.insert(handle, incident);
        }
        AlertStore.stand(handle, id, incident.status());
        next.kind()
                .ifPresent(kind ->
                        IncidentStore.append(handle, id, now, kind, TimelineEntry.WEIR, alert.id(), next.detail()));
        if (wakes) {
            String why = "an alert of another namespace joined";
            IncidentStore.append(handle, id, now, Kind.UNSNOOZED, TimelineEntry.WEIR, alert.id(), why);
        }
        boolean isBack = next.kind().filter(kind -> kind == Kind.REOPENED).isPresent();
        boolean isNews = isNew || applied == Applied.RAISED || isBack || isReportedAgain;
        if (isNews && !alert.isUnreported() && incident.status().isActive()) {
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
                changed(handle, old, over, NamespaceScope.ALL);
            }
            groups.flush(handle, old, now);
        } else {
            IncidentStore.update(handle, old.without());
            IncidentStore.append(handle, id, now, Kind.NOTE, TimelineEntry.WEIR, alert.id(), why);
            GroupStore.leave(handle, alert.id(), id);
        }
    }

    /**
     * Applies a person's change to an incident.
     *
     * @param version in which the incident was read; null to skip the check
     * @return the incident afterwards, as the scope sees it; empty when the scope has no such incident
     * @throws ConflictException when the incident has another version
     * @throws dev.weir.alerting.incident.ImpossibleChangeException when its status does not admit the change
     * @throws OutOfScopeException when the change decides on alerts of other namespaces
     */
    public Optional<Incident> change(String id, @Nullable Long version, IncidentChange change, NamespaceScope scope)
            throws SQLException {
        return database.inTransaction(handle -> {
            Optional<Incident> found = IncidentStore.locked(handle, id).filter(each -> scope.has(each.namespace()));
            if (found.isEmpty()) {
                return found;
            }
            Incident before = found.get();
            if (version != null && version != before.version()) {
                throw new ConflictException(id, version, before.version());
            }
            return Optional.of(IncidentStore.seen(handle, changed(handle, before, change, scope), scope));
        });
    }

    private Incident changed(Handle handle, Incident before, IncidentChange change, NamespaceScope scope) {
        long now = clock.millis();
        Lifecycle.Transition next = Lifecycle.changed(before, change, now);
        if (next.kind().isEmpty()) {
            return before;
        }
        Incident after = next.incident();
        boolean isExpected = after.status() == IncidentStatus.EXPECTED;
        if (SILENCING.contains(change.action()) && !scope.isAll()) {
            AlertStore.ofIncident(handle, after.id()).forEach(each -> requireIn(scope, each, change.by()));
        }
        if (isExpected != (before.status() == IncidentStatus.EXPECTED)) {
            for (AlertStore.Stored each : AlertStore.ofIncident(handle, after.id())) {
                boolean isSaid = EXPECTED.equals(each.decision());
                if (isExpected != isSaid) {
                    requireIn(scope, each, change.by());
                }
                if (isExpected) {
                    decide(handle, each, Feedback.Action.EXPECTED, change);
                } else {
                    undoExpected(handle, each, change.by());
                }
            }
        }
        keep(handle, before, next, change.by(), null);
        return after;
    }

    private static void requireIn(NamespaceScope scope, AlertStore.Stored stored, String who) {
        if (!scope.has(stored.alert().namespace())) {
            throw new OutOfScopeException("incident " + stored.incident() + " has alerts of other namespaces, on which "
                    + who + " may not decide; decide on the alerts one by one");
        }
    }

    /** Stores a transition of an incident and its consequences. */
    private void keep(Handle handle, Incident before, Lifecycle.Transition next, String by, @Nullable String alert) {
        long now = clock.millis();
        Incident after = next.incident();
        observeFirst(handle, after.id(), by);
        IncidentStore.update(handle, after);
        AlertStore.stand(handle, after.id(), after.status());
        next.kind().ifPresent(kind -> IncidentStore.append(handle, after.id(), now, kind, by, alert, next.detail()));
        if (after.status().isActive() && !before.status().isActive()) {
            for (AlertStore.Stored each : AlertStore.ofIncident(handle, after.id())) {
                if (!each.alert().isUnreported() && !EXPECTED.equals(each.decision())) {
                    groups.add(handle, each.alert(), after, now);
                }
            }
        }
        GroupStore.touch(handle, after.id(), now);
    }

    /**
     * Records a person's decision on an alert: a false alarm, which the baseline learns, or right. An incident whose
     * alerts are all false alarms is expected; one with an alert that is right is not.
     *
     * @return the alert afterwards; empty when the scope has no such alert
     * @throws OutOfScopeException when the alert belongs to a namespace outside the scope
     */
    public Optional<AlertStore.Stored> judge(
            String id, boolean isExpected, String by, @Nullable String reason, NamespaceScope scope)
            throws SQLException {
        return database.inTransaction(handle -> {
            Optional<Incident> incident = lockedOf(handle, id);
            Optional<AlertStore.Stored> found = AlertStore.stored(handle, id);
            if (found.isEmpty() || !AlertStore.isIn(scope, found.get().alert())) {
                return Optional.empty();
            }
            AlertStore.Stored stored = found.get();
            if (!scope.has(stored.alert().namespace())) {
                throw new OutOfScopeException(
                        "alert " + id + " is a matter of another namespace, of which " + by + " may not decide");
            }
            if ((isExpected ? EXPECTED : NOT_EXPECTED).equals(stored.decision())) {
                return found;
            }
            IncidentChange change = new IncidentChange(IncidentChange.Action.EXPECT, by, reason, null, null);
            if (!isExpected) {
                undoExpected(handle, stored, by);
            }
            decide(handle, stored, isExpected ? Feedback.Action.EXPECTED : Feedback.Action.NOT_EXPECTED, change);
            if (incident.isPresent()) {
                judged(handle, incident.get(), id, isExpected, by, said(isExpected, reason));
            }
            return AlertStore.stored(handle, id);
        });
    }

    private static String said(boolean isExpected, @Nullable String reason) {
        String what = isExpected ? "a false alarm" : "right";
        return reason == null ? what : what + ": " + reason;
    }

    /** Locks the incident of an alert, so that no other transaction decides on its alerts. */
    private static Optional<Incident> lockedOf(Handle handle, String alert) {
        return AlertStore.stored(handle, alert).flatMap(stored -> IncidentStore.locked(handle, stored.incident()));
    }

    /** Applies a decision on an alert to its incident. */
    private void judged(Handle handle, Incident before, String alert, boolean isExpected, String by, String detail) {
        Lifecycle.Transition next = Lifecycle.judged(before, isExpected, detail, clock.millis());
        keep(handle, before, next, by, alert);
        boolean areAll = isExpected
                && AlertStore.ofIncident(handle, before.id()).stream()
                        .allMatch(each -> EXPECTED.equals(each.decision()));
        if (areAll) {
            IncidentChange change = new IncidentChange(
                    IncidentChange.Action.EXPECT, by, "all of its alerts are false alarms", null, null);
            changed(handle, next.incident(), change, NamespaceScope.ALL);
        }
    }

    /** Measures the time until the first change by a person. */
    private void observeFirst(Handle handle, String incident, String by) {
        if (!by.equals(TimelineEntry.WEIR)) {
            IncidentStore.untouchedSince(handle, incident)
                    .ifPresent(since -> metrics.decisionLatency.observe((clock.millis() - since) / 1000.0));
        }
    }

    private void decide(Handle handle, AlertStore.Stored stored, Feedback.Action action, IncidentChange change) {
        String word = action == Feedback.Action.EXPECTED ? EXPECTED : NOT_EXPECTED;
        if (word.equals(stored.decision())) {
            return;
        }
        Alert alert = stored.alert();
        long now = clock.millis();
        AlertStore.decide(handle, alert.id(), word);
        DecisionStore.replace(
                handle,
                new Feedback(
                        decisionId(alert.id()),
                        action,
                        alert.cluster(),
                        alert.namespace(),
                        alert.actor().workload(),
                        alert.detector(),
                        alert.id(),
                        null,
                        now,
                        change.by(),
                        change.reason()),
                false);
    }

    /** The id of the decision on an alert; a second decision replaces the first. */
    private static String decisionId(String alert) {
        return "alert-" + alert;
    }

    private void undoExpected(Handle handle, AlertStore.Stored stored, String by) {
        if (EXPECTED.equals(stored.decision())) {
            AlertStore.decide(handle, stored.alert().id(), null);
            DecisionStore.undo(handle, decisionId(stored.alert().id()), false, by, clock.millis());
        }
    }

    /** Stores a decision on a workload, or a suppression. */
    public void decide(Feedback feedback) throws SQLException {
        database.inTransaction(handle -> {
            DecisionStore.replace(handle, feedback, false);
            return feedback;
        });
    }

    /**
     * Applies a decision of another process, read from the topic. A record older than the stored decision changes
     * nothing, since Weir's own records come back too, and may come late.
     *
     * @param feedback null when the decision of that id was undone
     * @param writtenMs time at which the record was written
     */
    public void mirror(String id, @Nullable Feedback feedback, long writtenMs) throws SQLException {
        database.inTransaction(handle -> {
            Optional<DecisionStore.Decision> known = locked(handle, id, feedback == null ? null : feedback.alert());
            boolean isOurs = known.isPresent() && !known.get().published();
            if (isOurs) {
                // The topic still lacks the newer decision.
                return false;
            }
            if (feedback == null || feedback.action() == Feedback.Action.UNDO) {
                String by = feedback == null ? null : feedback.by();
                boolean isLater = known.isPresent()
                        && !known.get().undone()
                        && known.get().feedback().atMs() <= writtenMs;
                return isLater && undo(handle, known.get(), true, by == null ? SOMEBODY : by, writtenMs);
            }
            boolean isNewer = known.isEmpty() || known.get().changedMs() < feedback.atMs();
            if (isNewer) {
                DecisionStore.replace(handle, feedback, true);
                mirrorOnAlert(handle, feedback);
            }
            return isNewer;
        });
    }

    /** Locks a decision together with the incident of its alert. */
    private static Optional<DecisionStore.Decision> locked(Handle handle, String id, @Nullable String alert) {
        String about = alert != null
                ? alert
                : DecisionStore.decision(handle, id)
                        .map(decision -> decision.feedback().alert())
                        .orElse(null);
        if (about != null) {
            lockedOf(handle, about);
        }
        return DecisionStore.locked(handle, id);
    }

    private void mirrorOnAlert(Handle handle, Feedback feedback) {
        String alert = feedback.alert();
        boolean isExpected = feedback.action() == Feedback.Action.EXPECTED;
        if (alert == null || !isExpected && feedback.action() != Feedback.Action.NOT_EXPECTED) {
            return;
        }
        Optional<Incident> incident = lockedOf(handle, alert);
        AlertStore.decide(handle, alert, isExpected ? EXPECTED : NOT_EXPECTED);
        String by = feedback.by() == null ? SOMEBODY : feedback.by();
        incident.ifPresent(each -> judged(handle, each, alert, isExpected, by, said(isExpected, feedback.reason())));
    }

    /** Undoes a decision and returns true if it was in force. */
    private boolean undo(Handle handle, DecisionStore.Decision decision, boolean published, String by, long atMs) {
        Feedback feedback = decision.feedback();
        // The alert of a suppression selects alerts; the decision is not about it.
        String alert = feedback.action() == Feedback.Action.SUPPRESS ? null : feedback.alert();
        if (alert == null) {
            return DecisionStore.undo(handle, feedback.id(), published, by, atMs);
        }
        Optional<Incident> incident = lockedOf(handle, alert);
        boolean isUndone = DecisionStore.undo(handle, feedback.id(), published, by, atMs);
        if (isUndone) {
            AlertStore.decide(handle, alert, null);
            String detail = "not " + said(feedback.action() == Feedback.Action.EXPECTED, null) + " any more";
            incident.ifPresent(each -> judged(handle, each, alert, false, by, detail));
        }
        return isUndone;
    }

    /** Undoes suppressions that ended long ago, so that they leave the topic too, and returns their number. */
    public int expire(long keptMs) throws SQLException {
        long before = clock.millis() - keptMs;
        return database.inTransaction(handle -> DecisionStore.expire(handle, before, clock.millis()));
    }

    /** Undoes a decision, if it is in the scope and in force. */
    public Optional<DecisionStore.Decision> undo(String decision, String by, NamespaceScope scope) throws SQLException {
        return database.inTransaction(handle -> {
            Optional<DecisionStore.Decision> found = locked(handle, decision, null)
                    .filter(each -> scope.has(each.feedback().namespace()));
            boolean isUndone = found.isPresent() && undo(handle, found.get(), false, by, clock.millis());
            return isUndone ? DecisionStore.decision(handle, decision) : Optional.empty();
        });
    }

    /** Resolves incidents without activity for a time, and returns their number. */
    public int resolveIdle(long idleMs) throws SQLException {
        long since = clock.millis() - idleMs;
        int all = 0;
        List<String> idle;
        do {
            idle = database.query(handle -> IncidentStore.idleSince(handle, since, RESOLVED_AT_ONCE));
            resolve(idle, "nothing was heard of it any more", each -> each.lastSeenMs() < since);
            all += idle.size();
        } while (idle.size() == RESOLVED_AT_ONCE);
        return all;
    }

    /** Deletes incidents that ended long ago, with all that belongs to them, and returns their number. */
    public int forget(long keptMs) throws SQLException {
        long before = clock.millis() - keptMs;
        int all = 0;
        int forgotten;
        do {
            forgotten = database.inTransaction(handle -> IncidentStore.forget(handle, before, FORGOTTEN_AT_ONCE));
            all += forgotten;
        } while (forgotten == FORGOTTEN_AT_ONCE);
        return all;
    }

    /**
     * Makes room when there are too many alerts: ended incidents are deleted early, and if those are not enough, others
     * are resolved, so that their receivers are notified, and deleted later.
     *
     * @return the number of deleted incidents
     */
    public int forgetSurplus(long most) throws SQLException {
        long surplus = database.query(AlertStore::count) - most;
        if (surplus <= 0) {
            return 0;
        }
        long before = clock.millis() - OVER_FOR_MS;
        int forgotten =
                database.inTransaction(handle -> IncidentStore.forgetOver(handle, before, surplus, FORGOTTEN_AT_ONCE));
        long left = database.query(AlertStore::count) - database.query(IncidentStore::alertsOver) - most;
        List<String> least = database.query(handle -> IncidentStore.leastActive(handle, left, FORGOTTEN_AT_ONCE));
        resolve(least, "there are more than " + most + " alerts", incident -> true);
        LOG.warn(
                "there are more than {} alerts: {} incidents that were over are forgotten, {} others are resolved",
                most,
                forgotten,
                least.size());
        return forgotten;
    }

    private void resolve(List<String> ids, String why, Predicate<Incident> still) throws SQLException {
        IncidentChange over = new IncidentChange(IncidentChange.Action.RESOLVE, TimelineEntry.WEIR, why, null, null);
        for (String id : ids) {
            database.inTransaction(handle -> {
                Optional<Incident> incident = IncidentStore.locked(handle, id)
                        .filter(each -> each.status().isActive())
                        .filter(still);
                incident.ifPresent(each -> changed(handle, each, over, NamespaceScope.ALL));
                return incident;
            });
        }
    }
}
