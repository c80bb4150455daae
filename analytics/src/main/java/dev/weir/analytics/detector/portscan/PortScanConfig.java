package dev.weir.analytics.detector.portscan;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code port-scan}.
 *
 * @param ports distinct ports of one destination, tried in vain within the window, that make a finding
 * @param window how long a port is remembered
 */
public record PortScanConfig(Integer ports, Duration window) implements Serializable {
    private static final long serialVersionUID = 1L;

    public PortScanConfig(@Nullable Integer ports, @Nullable Duration window) {
        this.ports = ports == null ? 15 : ports;
        this.window = window == null ? Duration.ofMinutes(5) : window;
    }
}
