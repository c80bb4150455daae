package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All activities of one key in one slice of event time, complete.
 *
 * @param startMs start of the slice
 * @param activities one for each edge and verdict, sorted by {@link Activity#edgeKey()}
 * @param decisions the decisions of people so far
 * @param workload {@code namespace/name} of the workload that the key belongs to; null if it belongs to none
 */
public record Slice(
        long startMs,
        List<Activity> activities,
        Decisions decisions,
        @Nullable String workload) {

    /** A slice of a key without a workload, and so without settings of its own. */
    public Slice(long startMs, List<Activity> activities, Decisions decisions) {
        this(startMs, activities, decisions, null);
    }

    /** The start of the earliest flow, which may have lasted for long; that of the slice if it has no flows. */
    public long beganMs() {
        long began = startMs;
        for (Activity each : activities) {
            began = Math.min(began, each.firstSeenMs());
        }
        return began;
    }

    public long endMs() {
        return startMs + Activity.SLICE_MS;
    }
}
