package dev.weir.analytics.correlate;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of what alerts have to do with each other, and of how many there may be.
 *
 * @param window how long after an actor's last alert another one belongs to the same incident
 * @param chain how long after somebody got into a workload what that one does belongs to the same incident
 * @param budget how many incidents of a day a namespace wants; alerts of low confidence that would begin further ones are folded into
 *     a digest
 * @param alike how many alerts of one incident and one technique are reported one by one; further ones share an alert that grows
 * @param foldBelow which confidence is low
 * @param foldAlwaysBelow which confidence is too low to tell somebody even within the budget
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
