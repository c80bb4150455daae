package dev.weir.analytics.detector.volumeanomaly;

import java.util.Map;

/**
 * The volume of one edge, or of all edges of one workload.
 *
 * @param sinceMs since when it is watched
 * @param stepMs the five minutes being added up
 * @param bytes in them so far
 * @param byEdge how many of those by edge, where it is a workload's; bounded by {@link VolumeAnomaly}
 */
public record Volume(long sinceMs, long stepMs, long bytes, Map<String, Long> byEdge, Series series) {
    Volume with(long all) {
        return new Volume(sinceMs, stepMs, all, byEdge, series);
    }

    /** Whether one edge has most of it. */
    boolean isOfOneEdge() {
        return byEdge.values().stream().anyMatch(each -> 2 * each > bytes);
    }
}
