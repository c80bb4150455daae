package dev.weir.alerting.service;

import dev.weir.alerting.AlertingMetrics;
import dev.weir.alerting.store.Database;
import java.time.InstantSource;

/**
 * The operations on incidents, by their reason.
 *
 * @param alerts storage of alerts
 * @param changes changes of incidents by people
 * @param decisions decisions on alerts and workloads, and suppressions
 * @param retention end of incidents by age and number
 */
public record IncidentService(
        IncidentAlerts alerts, IncidentChanges changes, IncidentDecisions decisions, IncidentRetention retention) {
    /** Builds the operations over one database. */
    public static IncidentService of(
            Database database, NotificationGroups groups, InstantSource clock, AlertingMetrics metrics) {
        IncidentTransitions transitions = new IncidentTransitions(groups, clock, metrics);
        IncidentChanges changes = new IncidentChanges(database, transitions, clock);
        return new IncidentService(
                new IncidentAlerts(database, groups, changes, clock),
                changes,
                new IncidentDecisions(database, transitions, changes, clock),
                new IncidentRetention(database, changes, clock));
    }
}
