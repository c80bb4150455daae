package dev.weir.analytics.operator;

import dev.weir.model.Alert;
import org.apache.flink.api.common.state.MapState;

/**
 * The first revisions of policy alerts that were emitted before their slice was over. They cannot be folded any more
 * when the slice is processed.
 */
final class EarlyReports {
    /** The number of such alerts, by technique group. */
    private final MapState<String, Integer> counts;

    /** The technique group of each such alert, by id. */
    private final MapState<String, String> groups;

    EarlyReports(MapStates states) {
        counts = states.open("early-counts", Integer.class);
        groups = states.open("early-groups", String.class);
    }

    /** The number of alerts of a technique group that were emitted early and are not processed yet. */
    int count(String group) throws Exception {
        Integer count = counts.get(group);
        return count == null ? 0 : count;
    }

    void add(Alert alert, String group) throws Exception {
        // An alert that was evicted and begins anew within its slice is counted once.
        if (!groups.contains(alert.id())) {
            counts.put(group, count(group) + 1);
            groups.put(alert.id(), group);
        }
    }

    /** Removes an alert as its slice is processed; returns true if this revision was emitted early. */
    boolean remove(Alert alert) throws Exception {
        String group = alert.revision() == 1 ? groups.get(alert.id()) : null;
        if (group == null) {
            return false;
        }
        groups.remove(alert.id());
        int left = count(group) - 1;
        if (left <= 0) {
            counts.remove(group);
        } else {
            counts.put(group, left);
        }
        return true;
    }
}
