package dev.weir.analytics.detector.newedge;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code new-edge}.
 *
 * @param learn how long a workload's edges are learned before new ones alert, by event time
 * @param growFor how long a new edge's alert goes on counting before the edge is taken as known
 * @param maxEdges edges remembered for one workload; beyond it the one unused for longest is forgotten
 */
public record NewEdgeConfig(Duration learn, Duration growFor, Integer maxEdges) implements Serializable {
    private static final long serialVersionUID = 1L;

    public NewEdgeConfig(@Nullable Duration learn, @Nullable Duration growFor, @Nullable Integer maxEdges) {
        this.learn = learn == null ? Duration.ofHours(24) : learn;
        this.growFor = growFor == null ? Duration.ofHours(1) : growFor;
        this.maxEdges = maxEdges == null ? 2_000 : maxEdges;
    }
}
