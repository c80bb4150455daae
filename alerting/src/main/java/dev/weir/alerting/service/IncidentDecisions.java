package dev.weir.alerting.service;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.alerting.incident.OutOfScopeException;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.model.Feedback;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Stores and undoes decisions, and applies those on alerts to their incidents. */
public final class IncidentDecisions {
    /** The author of a decision from the topic that names none. */
    private static final String UNNAMED_AUTHOR = "weir.feedback";

    private final Database database;
    private final IncidentTransitions transitions;
    private final IncidentChanges changes;
    private final InstantSource clock;

    IncidentDecisions(
            Database database, IncidentTransitions transitions, IncidentChanges changes, InstantSource clock) {
        this.database = database;
        this.transitions = transitions;
        this.changes = changes;
        this.clock = clock;
    }

    /**
     * Records a person's decision on an alert: expected, a false alarm which the baseline learns, or not expected. An
     * incident is expected if all of its alerts are.
     *
     * @return the alert afterwards; empty when the scope has no such alert
     * @throws OutOfScopeException when the alert belongs to a namespace outside the scope
     */
    public Optional<AlertStore.Stored> decideOn(
            String id, boolean isExpected, String by, @Nullable String reason, NamespaceScope scope)
            throws SQLException {
        return database.inTransaction(handle -> {
            Optional<Incident> incident = AlertDecisions.lockedIncident(handle, id);
            Optional<AlertStore.Stored> found = AlertStore.stored(handle, id);
            if (found.isEmpty() || !AlertStore.isIn(scope, found.get().alert())) {
                return Optional.empty();
            }
            AlertStore.Stored stored = found.get();
            if (!scope.has(stored.alert().namespace())) {
                throw new OutOfScopeException(
                        "alert " + id + " is a matter of another namespace, of which " + by + " may not decide");
            }
            if (AlertDecisions.action(isExpected).id().equals(stored.decision())) {
                return found;
            }
            long now = clock.millis();
            if (!isExpected) {
                AlertDecisions.undoExpected(handle, stored, by, now);
            }
            AlertDecisions.decide(handle, stored, isExpected, by, reason, now);
            if (incident.isPresent()) {
                apply(handle, incident.get(), id, isExpected, by, said(isExpected, reason));
            }
            return AlertStore.stored(handle, id);
        });
    }

    private static String said(boolean isExpected, @Nullable String reason) {
        String what = isExpected ? "expected" : "not expected";
        return reason == null ? what : what + ": " + reason;
    }

    /** Applies a decision on an alert to its incident. */
    private void apply(Handle handle, Incident before, String alert, boolean isExpected, String by, String detail) {
        Lifecycle.Transition next = Lifecycle.decided(before, isExpected, detail, clock.millis());
        transitions.store(handle, before, next, by, alert);
        boolean areAll = isExpected
                && AlertStore.ofIncident(handle, before.id()).stream().allMatch(AlertDecisions::isExpected);
        if (areAll) {
            IncidentChange change = new IncidentChange(
                    IncidentChange.Action.EXPECT, by, "all of its alerts are false alarms", null, null);
            changes.apply(handle, next.incident(), change, NamespaceScope.ALL);
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
                return isLater && undo(handle, known.get(), true, by == null ? UNNAMED_AUTHOR : by, writtenMs);
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
            AlertDecisions.lockedIncident(handle, about);
        }
        return DecisionStore.locked(handle, id);
    }

    private void mirrorOnAlert(Handle handle, Feedback feedback) {
        String alert = feedback.alert();
        boolean isExpected = feedback.action() == Feedback.Action.EXPECTED;
        if (alert == null || !isExpected && feedback.action() != Feedback.Action.NOT_EXPECTED) {
            return;
        }
        Optional<Incident> incident = AlertDecisions.lockedIncident(handle, alert);
        AlertStore.decide(handle, alert, AlertDecisions.action(isExpected).id());
        String by = feedback.by() == null ? UNNAMED_AUTHOR : feedback.by();
        incident.ifPresent(each -> apply(handle, each, alert, isExpected, by, said(isExpected, feedback.reason())));
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

    /** Undoes a decision and returns true if it was in force. */
    private boolean undo(Handle handle, DecisionStore.Decision decision, boolean published, String by, long atMs) {
        Feedback feedback = decision.feedback();
        // The alert of a suppression selects alerts; the decision is not about it.
        String alert = feedback.action() == Feedback.Action.SUPPRESS ? null : feedback.alert();
        if (alert == null) {
            return DecisionStore.undo(handle, feedback.id(), published, by, atMs);
        }
        Optional<Incident> incident = AlertDecisions.lockedIncident(handle, alert);
        boolean isUndone = DecisionStore.undo(handle, feedback.id(), published, by, atMs);
        if (isUndone) {
            AlertStore.decide(handle, alert, null);
            String detail = "the decision is taken back: " + said(feedback.action() == Feedback.Action.EXPECTED, null);
            incident.ifPresent(each -> apply(handle, each, alert, false, by, detail));
        }
        return isUndone;
    }

    /** Undoes suppressions that ended long ago, so that they leave the topic too, and returns their number. */
    public int expire(long keptMs) throws SQLException {
        long before = clock.millis() - keptMs;
        return database.inTransaction(handle -> DecisionStore.expire(handle, before, clock.millis()));
    }
}
