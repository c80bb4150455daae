package dev.weir.analytics.detector.icmptunnel;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code icmp-tunnel}.
 *
 * @param bytes sent in a slice, from which on there is a finding
 */
public record IcmpTunnelConfig(Integer bytes) implements Serializable {
    private static final long serialVersionUID = 1L;

    public IcmpTunnelConfig(@Nullable Integer bytes) {
        this.bytes = bytes == null ? 50_000 : bytes;
    }
}
