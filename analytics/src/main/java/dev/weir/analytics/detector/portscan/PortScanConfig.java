package dev.weir.analytics.detector.portscan;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code port-scan}.
 *
 * @param ports distinct ports of one destination, refused or unanswered within the window, that make a finding
 * @param window the time of a fast scan
 * @param slowPorts the same within {@code slowWindow}
 * @param slowWindow the time of a slow scan, for which a port is remembered
 */
public record PortScanConfig(Integer ports, Duration window, Integer slowPorts, Duration slowWindow)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public PortScanConfig(
            @Nullable Integer ports,
            @Nullable Duration window,
            @Nullable Integer slowPorts,
            @Nullable Duration slowWindow) {
        this.ports = ports == null ? 7 : ports;
        this.window = window == null ? Duration.ofMinutes(5) : window;
        this.slowPorts = slowPorts == null ? 20 : slowPorts;
        this.slowWindow = slowWindow == null ? Duration.ofHours(24) : slowWindow;
    }
}
