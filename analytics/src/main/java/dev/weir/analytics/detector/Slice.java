package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that one key did in one slice of event time, complete.
 *
 * @param startMs start of the slice
 * @param activities one for each edge and verdict, sorted by {@link Activity#edgeKey()}
 * @param decisions what people have decided by now
 * @param workload {@code namespace/name} of whose slice it is; null when it is no workload's
 */
public record Slice(
        long startMs,
        List<Activity> activities,
        Decisions decisions,
        @Nullable String workload) {

    /** One of somebody who has no settings of their own. */
    public Slice(long startMs, List<Activity> activities, Decisions decisions) {
        this(startMs, activities, decisions, null);
    }

    public long endMs() {
        return startMs + Activity.SLICE_MS;
    }
}
