package dev.weir.analytics.detector.flood;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code flood}.
 *
 * @param connections from one source to one destination within a slice of ten seconds that make a finding
 * @param timesUsual how many times as many as the edge's own usual there must be
 */
public record FloodConfig(Integer connections, Integer timesUsual) implements Serializable {
    private static final long serialVersionUID = 1L;

    public FloodConfig(@Nullable Integer connections, @Nullable Integer timesUsual) {
        this.connections = connections == null ? 1_000 : connections;
        this.timesUsual = timesUsual == null ? 10 : timesUsual;
    }
}
