package dev.weir.analytics.operator;

import dev.weir.analytics.correlate.AlertGrouping;
import dev.weir.analytics.correlate.Budget;
import dev.weir.analytics.correlate.IncidentsConfig;
import dev.weir.model.Alert;
import java.time.Duration;
import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/**
 * Limits the incidents of a namespace that are reported in a day. Uncertain alerts beyond it are folded into a digest.
 */
final class NamespaceBudgets {
    private static final long BUDGETS_MS = Duration.ofDays(3).toMillis();

    private final IncidentsConfig config;

    /** The budgets by namespace and day. */
    private final MapState<String, Budget> budgets;

    /** The time the latest reported alert of an incident was last seen, by incident. */
    private final MapState<String, Long> reported;

    NamespaceBudgets(IncidentsConfig config, MapStates states) {
        this.config = config;
        budgets = states.open("budgets", Budget.class);
        reported = states.open("incidents-reported", Long.class);
    }

    /**
     * Charges the incident of a new alert to the budget of its namespace, unless it has been.
     *
     * @return the digest that the alert is folded into; null if the alert is reported
     */
    @Nullable Alert charge(Alert alert, String incident) throws Exception {
        String key = alert.namespace() + "@" + AlertGrouping.dayOf(alert);
        Budget known = budgets.get(key);
        Budget before = known == null ? AlertGrouping.fresh(alert) : known;
        boolean isOfReported = reported.contains(incident);
        boolean isFolded = isOfReported
                ? AlertGrouping.isUncertain(alert, config.foldAlwaysBelow())
                : AlertGrouping.isFolded(alert, before, config);
        // The first revision of a policy alert is emitted before its slice is over, so it cannot be folded.
        if (alert.policy() != null || !isFolded) {
            if (!isOfReported) {
                budgets.put(key, AlertGrouping.reported(before));
            }
            reported.put(incident, alert.lastSeenMs());
            return null;
        }
        Budget after = AlertGrouping.folded(before, alert);
        budgets.put(key, after);
        return AlertGrouping.digest(alert, after, config);
    }

    void removeOld(Retention retention, long nowMs, long horizonMs) throws Exception {
        retention.removeOld(budgets, Budget::dayMs, nowMs - BUDGETS_MS);
        retention.removeOld(reported, Long::longValue, horizonMs);
    }
}
