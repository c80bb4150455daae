package dev.weir.analytics.detector.hostsweep;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code host-sweep}.
 *
 * @param hosts distinct destinations, refused or unanswered on one port within the window, that make a finding
 * @param window how long a destination is remembered
 */
public record HostSweepConfig(Integer hosts, Duration window) implements Serializable {
    private static final long serialVersionUID = 1L;

    public HostSweepConfig(@Nullable Integer hosts, @Nullable Duration window) {
        this.hosts = hosts == null ? 20 : hosts;
        this.window = window == null ? Duration.ofMinutes(5) : window;
    }
}
