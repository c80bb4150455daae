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
 * @param insideBytes sent within the window to a peer inside that make a finding, if the workload is known for a day
 *     and the peer never received any
 * @param ratio the least ratio of bytes sent to bytes received
 * @param timesUsual the least multiple of the usual volume between the two
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
