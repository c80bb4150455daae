package dev.weir.analytics.detector.newedge;

import java.util.Map;

/**
 * The baseline of one source.
 *
 * @param sinceMs first activity
 * @param lastSeenMs by edge, when it was last used
 * @param alertedMs by edge that came after learning, when it was first used
 */
public record NewEdgeState(long sinceMs, Map<String, Long> lastSeenMs, Map<String, Long> alertedMs) {}
