package dev.weir.analytics.detector.deniedburst;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code denied-burst}.
 *
 * @param connections of one source dropped within the window that make a finding
 * @param window how long a connection is remembered
 * @param timesUsual the least multiple of the source's usual rate
 */
public record DeniedBurstConfig(Integer connections, Duration window, Integer timesUsual) implements Serializable {
    private static final long serialVersionUID = 1L;

    public DeniedBurstConfig(@Nullable Integer connections, @Nullable Duration window, @Nullable Integer timesUsual) {
        this.connections = connections == null ? 100 : connections;
        this.window = window == null ? Duration.ofMinutes(1) : window;
        this.timesUsual = timesUsual == null ? 5 : timesUsual;
    }
}
