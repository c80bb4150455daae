package dev.weir.alerting.service;

import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.DecisionStore;
import dev.weir.alerting.store.IncidentStore;
import dev.weir.model.Alert;
import dev.weir.model.Feedback;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Stores the decision on one alert, both at the alert and for the topic, within the transaction of a caller. */
final class AlertDecisions {
    private AlertDecisions() {}

    /** The decision on an alert, whose id is stored with it: expected for a false alarm. */
    static Feedback.Action action(boolean isExpected) {
        return isExpected ? Feedback.Action.EXPECTED : Feedback.Action.NOT_EXPECTED;
    }

    /** True if a decision says that the alert is a false alarm. */
    static boolean isExpected(AlertStore.Stored stored) {
        return Feedback.Action.EXPECTED.id().equals(stored.decision());
    }

    /** Locks the incident of an alert, so that no other transaction decides on its alerts. */
    static Optional<Incident> lockedIncident(Handle handle, String alert) {
        return AlertStore.stored(handle, alert).flatMap(stored -> IncidentStore.locked(handle, stored.incident()));
    }

    /** Stores a decision on an alert; nothing changes if the same decision is in force. */
    static void decide(
            Handle handle, AlertStore.Stored stored, boolean isExpected, String by, @Nullable String reason, long now) {
        Feedback.Action action = action(isExpected);
        if (action.id().equals(stored.decision())) {
            return;
        }
        Alert alert = stored.alert();
        AlertStore.decide(handle, alert.id(), action.id());
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
                        by,
                        reason),
                false);
    }

    /** Undoes the decision that an alert is a false alarm; any other decision on it stays. */
    static void undoExpected(Handle handle, AlertStore.Stored stored, String by, long now) {
        if (isExpected(stored)) {
            AlertStore.decide(handle, stored.alert().id(), null);
            DecisionStore.undo(handle, decisionId(stored.alert().id()), false, by, now);
        }
    }

    /** The id of the decision on an alert; a second decision replaces the first. */
    private static String decisionId(String alert) {
        return "alert-" + alert;
    }
}
