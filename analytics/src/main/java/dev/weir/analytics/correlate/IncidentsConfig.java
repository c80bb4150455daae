package dev.weir.analytics.correlate;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of how alerts are grouped into incidents, and of how many are reported.
 *
 * @param window the time after an actor's last alert in which another one belongs to the same incident
 * @param chain the time after a workload was compromised in which its alerts belong to the same incident
 * @param budget the number of incidents of a namespace that are reported in a day; alerts of low confidence that would
 *     begin further ones are folded into a digest
 * @param alike the number of alerts of one incident and one technique that are reported one by one; further ones share
 *     an alert that grows
 * @param foldBelow the confidence below which an alert beyond the budget is folded
 * @param foldAlwaysBelow the confidence below which an alert is folded even within the budget
 */
public record IncidentsConfig(
        Duration window, Duration chain, Integer budget, Double foldBelow, Double foldAlwaysBelow, Integer alike)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public IncidentsConfig(
            @Nullable Duration window,
            @Nullable Duration chain,
            @Nullable Integer budget,
            @Nullable Double foldBelow,
            @Nullable Double foldAlwaysBelow,
            @Nullable Integer alike) {
        this.window = window == null ? Duration.ofHours(24) : window;
        this.chain = chain == null ? Duration.ofHours(2) : chain;
        this.budget = budget == null ? 5 : budget;
        this.foldBelow = foldBelow == null ? 0.7 : foldBelow;
        this.foldAlwaysBelow = foldAlwaysBelow == null ? 0.45 : foldAlwaysBelow;
        this.alike = alike == null ? 5 : alike;
    }

    public static IncidentsConfig defaults() {
        return new IncidentsConfig(null, null, null, null, null, null);
    }
}
