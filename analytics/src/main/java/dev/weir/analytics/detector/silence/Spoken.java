package dev.weir.analytics.detector.silence;

import dev.weir.analytics.Visibility;
import dev.weir.model.Entity;
import org.jspecify.annotations.Nullable;

/**
 * When an edge spoke.
 *
 * @param sinceMs first
 * @param lastMs latest five minutes in which it did
 * @param active in how many five minutes it did
 * @param longestMs the longest silence between two of them that was none to report
 * @param toldMs the five minutes after which it was reported silent; 0 for never
 * @param visibility how much of it was seen when it last spoke
 */
public record Spoken(
        @Nullable String cluster,
        Entity source,
        Entity destination,
        @Nullable Integer port,
        long sinceMs,
        long lastMs,
        long active,
        long longestMs,
        long toldMs,
        Visibility visibility) {}
