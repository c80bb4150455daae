package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Baseline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a detector makes of a slice.
 *
 * @param state to keep
 * @param baseline what is usual, when that has changed
 */
public record Step<S>(
        S state, List<Finding> findings, @Nullable Baseline baseline) {
    public Step(S state, List<Finding> findings) {
        this(state, findings, null);
    }
}
