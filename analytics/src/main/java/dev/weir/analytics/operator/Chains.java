package dev.weir.analytics.operator;

import dev.weir.analytics.correlate.AlertGrouping;
import dev.weir.analytics.correlate.CompromisedHost;
import dev.weir.model.Alert;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.MapState;

/** The chains of a cluster: one actor compromised another, which moves on. Each chain is an alert that grows. */
final class Chains {
    /** The number of alerts that follow, by the id of the chain's alert. */
    private final MapState<String, Long> counts;

    Chains(MapStates states) {
        counts = states.open("chains", Long.class);
    }

    /** The alert of a chain after one more alert of the compromised host. */
    Alert grown(Alert alert, CompromisedHost host, String incident) throws Exception {
        String id = AlertGrouping.chainId(alert, host);
        Long before = counts.get(id);
        long count = before == null ? 1 : before + 1;
        counts.put(id, count);
        return AlertGrouping.chain(alert, host, incident, count, count);
    }

    /** Removes the chains whose alert is not remembered any more. */
    void removeOld(IncidentGrouping grouping) throws Exception {
        List<String> old = new ArrayList<>();
        for (String id : counts.keys()) {
            if (grouping.state(id) == null) {
                old.add(id);
            }
        }
        for (String id : old) {
            counts.remove(id);
        }
    }
}
