package dev.weir.alerting.service;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.alerting.incident.TimelineEntry;
import dev.weir.alerting.store.AlertStore;
import dev.weir.alerting.store.GroupStore;
import dev.weir.alerting.store.IncidentStore;
import java.time.InstantSource;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Stores transitions of incidents and their consequences, within the transaction of a caller. */
final class IncidentTransitions {
    private final NotificationGroups groups;
    private final InstantSource clock;
    private final AlertingMetrics metrics;

    IncidentTransitions(NotificationGroups groups, InstantSource clock, AlertingMetrics metrics) {
        this.groups = groups;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Stores a transition of a locked incident, with its entry in the timeline, and adds the alerts of an incident that
     * becomes active again to groups for notification.
     *
     * @param by name of the person, or {@link TimelineEntry#WEIR}
     * @param alert the alert that is the reason of the transition; null for the whole incident
     */
    void store(Handle handle, Incident before, Lifecycle.Transition next, String by, @Nullable String alert) {
        long now = clock.millis();
        Incident after = next.incident();
        observeFirst(handle, after.id(), by);
        IncidentStore.update(handle, after);
        AlertStore.setStatus(handle, after.id(), after.status());
        next.kind().ifPresent(kind -> IncidentStore.append(handle, after.id(), now, kind, by, alert, next.detail()));
        if (after.status().isActive() && !before.status().isActive()) {
            for (AlertStore.Stored each : AlertStore.ofIncident(handle, after.id())) {
                if (!each.alert().isUnreported() && !AlertDecisions.isExpected(each)) {
                    groups.add(handle, each.alert(), after, now);
                }
            }
        }
        GroupStore.touch(handle, after.id(), now);
    }

    /** Measures the time until the first change by a person. */
    private void observeFirst(Handle handle, String incident, String by) {
        if (!by.equals(TimelineEntry.WEIR)) {
            IncidentStore.untouchedSince(handle, incident)
                    .ifPresent(since -> metrics.decisionLatency.observe((clock.millis() - since) / 1000.0));
        }
    }
}
