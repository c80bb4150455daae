package dev.weir.analytics.detector.exfiltration;

import dev.weir.common.config.ConfigException;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code exfiltration}.
 *
 * @param bytes sent to one peer outside within the window that make a finding
 * @param window of a burst
 * @param dripBytes sent to one peer outside within a day that make a finding
 * @param insideBytes sent within the window to a peer inside, of which a workload that is known for a day never had any, that make a finding
 * @param ratio how many times as much as was received must have been sent
 * @param timesUsual how many times as much as is usual for the two there must be
 */
public record ExfiltrationConfig(
        Long bytes, Duration window, Long dripBytes, Long insideBytes, Double ratio, Integer timesUsual)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public ExfiltrationConfig(
            @Nullable Long bytes,
            @Nullable Duration window,
            @Nullable Long dripBytes,
            @Nullable Long insideBytes,
            @Nullable Double ratio,
            @Nullable Integer timesUsual) {
        this.bytes = bytes == null ? 10_000_000L : bytes;
        this.window = window == null ? Duration.ofHours(1) : window;
        this.dripBytes = dripBytes == null ? 50_000_000L : dripBytes;
        this.insideBytes = insideBytes == null ? 100_000_000L : insideBytes;
        this.ratio = ratio == null ? 5 : ratio;
        this.timesUsual = timesUsual == null ? 5 : timesUsual;
        if (this.bytes < 1 || this.dripBytes < 1 || this.insideBytes < 1) {
            throw new ConfigException("exfiltration: bytes, drip_bytes and inside_bytes must be at least 1");
        }
    }
}
