package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a detector with other settings for some workloads. All variants share one type of state, so that settings can
 * change at any time.
 */
final class ByWorkload<S> implements Detector<S> {
    private static final long serialVersionUID = 1L;

    private final Detector<S> usual;
    private final List<WorkloadSettings.Replacement<S>> replacements;

    @SuppressWarnings("unchecked") // all are the same detector, with other settings
    ByWorkload(Detector<S> usual, List<WorkloadSettings.Replacement<?>> replacements) {
        this.usual = usual;
        this.replacements = List.copyOf((List<WorkloadSettings.Replacement<S>>) (List<?>) replacements);
    }

    @Override
    public DetectorInfo info() {
        return usual.info();
    }

    @Override
    public DetectorScope scope() {
        return usual.scope();
    }

    @Override
    public Class<S> stateType() {
        return usual.stateType();
    }

    @Override
    public boolean wakes() {
        return usual.wakes();
    }

    @Override
    public boolean learnsFromSights() {
        return usual.learnsFromSights();
    }

    @Override
    public boolean concerns(Activity activity) {
        return usual.concerns(activity)
                || replacements.stream()
                        .map(WorkloadSettings.Replacement::detector)
                        .anyMatch(other -> other != null && other.concerns(activity));
    }

    @Override
    public Duration retention() {
        Duration longest = usual.retention();
        for (WorkloadSettings.Replacement<S> each : replacements) {
            Detector<S> other = each.detector();
            longest = other != null && other.retention().compareTo(longest) > 0 ? other.retention() : longest;
        }
        return longest;
    }

    @Override
    public DetectorResult<S> step(@Nullable S state, Slice slice) {
        String workload = slice.workload();
        if (workload != null) {
            for (WorkloadSettings.Replacement<S> each : replacements) {
                if (each.isFor(workload)) {
                    Detector<S> other = each.detector();
                    return other == null ? DetectorResult.nothing() : other.step(state, slice);
                }
            }
        }
        return usual.step(state, slice);
    }
}
