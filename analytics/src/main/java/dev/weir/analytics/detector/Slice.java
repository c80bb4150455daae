package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.util.List;

/**
 * All that one key did in one slice of event time, complete.
 *
 * @param startMs start of the slice
 * @param activities one for each edge and verdict, sorted by {@link Activity#edgeKey()}
 * @param decisions what people have decided by now
 */
public record Slice(long startMs, List<Activity> activities, Decisions decisions) {

    public long endMs() {
        return startMs + Activity.SLICE_MS;
    }
}
