package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Baseline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one step of a detector: its new state, its findings, and a changed baseline.
 *
 * @param state to keep; null for none
 * @param baseline null if it has not changed
 * @param wakeMs the time at which to show the detector a slice even if there is no activity in it; null for never
 */
public record DetectorResult<S>(
        @Nullable S state,
        List<Finding> findings,
        @Nullable Baseline baseline,
        @Nullable Long wakeMs) {
    public DetectorResult(S state, List<Finding> findings) {
        this(state, findings, null, null);
    }

    public DetectorResult(S state, List<Finding> findings, @Nullable Baseline baseline) {
        this(state, findings, baseline, null);
    }

    /** A result without state and findings. */
    public static <S> DetectorResult<S> nothing() {
        return new DetectorResult<>(null, List.of(), null, null);
    }

    /** A copy that asks for a slice at that time. */
    public DetectorResult<S> wakingAt(@Nullable Long ms) {
        return new DetectorResult<>(state, findings, baseline, ms);
    }
}
