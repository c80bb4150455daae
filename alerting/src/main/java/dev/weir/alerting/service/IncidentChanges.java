package dev.weir.alerting.service;

import dev.weir.alerting.auth.NamespaceScope;
import dev.weir.alerting.incident.ConflictException;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.IncidentChange;
import dev.weir.alerting.incident.IncidentStatus;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.alerting.incident.OutOfScopeException;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.Database;
import dev.weir.alerting.store.IncidentStore;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Applies the changes of people, and those of Weir itself, to incidents. */
public final class IncidentChanges {
    /** The changes that end the notifications of all alerts of an incident. */
    private static final Set<IncidentChange.Action> SILENCING =
            EnumSet.of(IncidentChange.Action.RESOLVE, IncidentChange.Action.SNOOZE, IncidentChange.Action.EXPECT);

    private final Database database;
    private final IncidentTransitions transitions;
    private final InstantSource clock;

    IncidentChanges(Database database, IncidentTransitions transitions, InstantSource clock) {
        this.database = database;
        this.transitions = transitions;
        this.clock = clock;
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
    public Optional<Incident> apply(String id, @Nullable Long version, IncidentChange change, NamespaceScope scope)
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
            return Optional.of(IncidentStore.seen(handle, apply(handle, before, change, scope), scope));
        });
    }

    /**
     * Applies a change to a locked incident within the transaction of the handle, and returns the incident afterwards.
     *
     * @throws dev.weir.alerting.incident.ImpossibleChangeException when its status does not admit the change
     * @throws OutOfScopeException when the change decides on alerts of other namespaces
     */
    Incident apply(Handle handle, Incident before, IncidentChange change, NamespaceScope scope) {
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
                boolean isSaid = AlertDecisions.isExpected(each);
                if (isExpected != isSaid) {
                    requireIn(scope, each, change.by());
                }
                if (isExpected) {
                    AlertDecisions.decide(handle, each, true, change.by(), change.reason(), now);
                } else {
                    AlertDecisions.undoExpected(handle, each, change.by(), now);
                }
            }
        }
        transitions.store(handle, before, next, change.by(), null);
        return after;
    }

    private static void requireIn(NamespaceScope scope, AlertStore.Stored stored, String who) {
        if (!scope.has(stored.alert().namespace())) {
            throw new OutOfScopeException("incident " + stored.incident() + " has alerts of other namespaces, on which "
                    + who + " may not decide; decide on the alerts one by one");
        }
    }
}
