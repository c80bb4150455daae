package dev.weir.analytics.operator;

import dev.weir.analytics.correlate.AlertGrouping;
import dev.weir.analytics.correlate.IncidentsConfig;
import dev.weir.analytics.correlate.TechniqueGroup;
import dev.weir.model.Alert;
import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/**
 * Limits the alerts of one incident and one technique that are reported one by one. Further ones are folded into one
 * alert that they share.
 */
final class TechniqueGroups {
    private final int most;
    private final MapState<String, TechniqueGroup> groups;

    TechniqueGroups(IncidentsConfig config, MapStates states) {
        most = config.alike();
        groups = states.open("technique-groups", TechniqueGroup.class);
    }

    /**
     * True if an alert is to be folded, since the incident has enough alerts of its technique.
     *
     * @param pending alerts of the group that were reported and are not counted yet
     */
    boolean isFull(Alert alert, String incident, int pending) throws Exception {
        TechniqueGroup group = groups.get(TechniqueGroup.key(incident, alert));
        return (group == null ? 0 : group.reported()) + pending >= most;
    }

    /** Counts an alert that is reported by itself. */
    void report(Alert alert, String incident) throws Exception {
        String key = TechniqueGroup.key(incident, alert);
        groups.put(key, TechniqueGroup.reported(groups.get(key), alert));
    }

    /**
     * Folds an alert into the one that its group shares.
     *
     * @param isNew true if it has not been counted yet
     * @return true if there is such a group
     */
    boolean fold(Alert alert, String incident, boolean isNew) throws Exception {
        String key = TechniqueGroup.key(incident, alert);
        TechniqueGroup group = groups.get(key);
        if (group == null) {
            return false;
        }
        groups.put(key, group.folded(alert, isNew));
        return true;
    }

    /** The alert that the latest of the folded ones shares with the others; null if there is none. */
    @Nullable Alert shared(Alert latest, String incident) throws Exception {
        TechniqueGroup group = groups.get(TechniqueGroup.key(incident, latest));
        return group == null ? null : AlertGrouping.alike(latest, incident, group);
    }

    void removeOld(Retention retention, long horizonMs) throws Exception {
        retention.removeOld(groups, TechniqueGroup::lastMs, horizonMs);
    }
}
