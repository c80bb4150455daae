package dev.weir.analytics.detector.volumeanomaly;

import java.util.Map;

/**
 * The volume of one edge, or of all edges of one workload.
 *
 * @param sinceMs the time since which it is watched
 * @param stepMs the five minutes that are being added up
 * @param bytes in them so far
 * @param byEdge those bytes by edge, for a workload; bounded by {@link VolumeAnomaly}
 */
public record Volume(long sinceMs, long stepMs, long bytes, Map<String, Long> byEdge, Series series) {
    Volume with(long all) {
        return new Volume(sinceMs, stepMs, all, byEdge, series);
    }

    /** True if one edge has more than half of the bytes. */
    boolean isOfOneEdge() {
        return byEdge.values().stream().anyMatch(each -> 2 * each > bytes);
    }
}
