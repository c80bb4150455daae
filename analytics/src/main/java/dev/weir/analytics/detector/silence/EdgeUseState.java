package dev.weir.analytics.detector.silence;

import dev.weir.analytics.Visibility;
import dev.weir.model.Entity;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The times at which an edge was used, in steps of five minutes.
 *
 * @param sinceMs the first step
 * @param lastMs the latest step with traffic
 * @param active the number of steps with traffic
 * @param longestMs the longest silence between two of them that was not reported
 * @param reportedMs the step after which it was reported silent; 0 for never
 * @param visibility the visibility of its latest traffic
 * @param season its use by hour of the day
 */
public record EdgeUseState(
        @Nullable String cluster,
        Entity source,
        Entity destination,
        @Nullable Integer port,
        long sinceMs,
        long lastMs,
        long active,
        long longestMs,
        long reportedMs,
        Visibility visibility,
        DaySeason season) {
    public EdgeUseState {
        // An earlier version did not keep it.
        season = Objects.requireNonNullElse(season, DaySeason.NONE);
    }

    /** Returns the state after a report of the silence that goes on. */
    EdgeUseState reported() {
        return new EdgeUseState(
                cluster, source, destination, port, sinceMs, lastMs, active, longestMs, lastMs, visibility, season);
    }
}
