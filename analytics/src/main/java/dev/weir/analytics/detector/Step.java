package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Baseline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a detector makes of a slice.
 *
 * @param state to keep; null for none
 * @param baseline what is usual, when that has changed
 * @param wakeMs when to show the detector a slice even if there is no activity in it; null for never
 */
public record Step<S>(
        @Nullable S state,
        List<Finding> findings,
        @Nullable Baseline baseline,
        @Nullable Long wakeMs) {
    public Step(S state, List<Finding> findings) {
        this(state, findings, null, null);
    }

    public Step(S state, List<Finding> findings, @Nullable Baseline baseline) {
        this(state, findings, baseline, null);
    }

    /** Nothing to keep and nothing found. */
    public static <S> Step<S> nothing() {
        return new Step<>(null, List.of(), null, null);
    }

    /** The same, to be shown a slice at that time. */
    public Step<S> wakingAt(@Nullable Long ms) {
        return new Step<>(state, findings, baseline, ms);
    }
}
