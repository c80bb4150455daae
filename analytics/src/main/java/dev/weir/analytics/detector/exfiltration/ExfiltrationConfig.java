package dev.weir.analytics.detector.exfiltration;

import dev.weir.analytics.detector.LearningConfig;
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
 * @param insideBytes sent within the window to a peer inside that make a finding, if the workload is known and the peer
 *     never received any
 * @param pullBytes received within the window from a server inside that make a finding, if the server is known
 * @param learn the time for which a workload must be watched before it counts as known
 * @param ratio the least ratio of bytes sent to bytes received
 * @param timesUsual the least multiple of the usual volume between the two
 */
public record ExfiltrationConfig(
        Long bytes,
        Duration window,
        Long dripBytes,
        Long insideBytes,
        Long pullBytes,
        Duration learn,
        Double ratio,
        Integer timesUsual)
        implements LearningConfig, Serializable {
    private static final long serialVersionUID = 1L;

    public ExfiltrationConfig(
            @Nullable Long bytes,
            @Nullable Duration window,
            @Nullable Long dripBytes,
            @Nullable Long insideBytes,
            @Nullable Long pullBytes,
            @Nullable Duration learn,
            @Nullable Double ratio,
            @Nullable Integer timesUsual) {
        this.bytes = bytes == null ? 10_000_000L : bytes;
        this.window = window == null ? Duration.ofHours(1) : window;
        this.dripBytes = dripBytes == null ? 50_000_000L : dripBytes;
        this.insideBytes = insideBytes == null ? 100_000_000L : insideBytes;
        this.pullBytes = pullBytes == null ? 50_000_000L : pullBytes;
        this.learn = learn == null ? Duration.ofHours(24) : learn;
        this.ratio = ratio == null ? 5 : ratio;
        this.timesUsual = timesUsual == null ? 5 : timesUsual;
        boolean hasNone = this.bytes < 1 || this.dripBytes < 1 || this.insideBytes < 1 || this.pullBytes < 1;
        if (hasNone) {
            throw new ConfigException(
                    "exfiltration: bytes, drip_bytes, inside_bytes and pull_bytes must be at least 1");
        }
    }

    @Override
    public ExfiltrationConfig learning(Duration other) {
        return new ExfiltrationConfig(bytes, window, dripBytes, insideBytes, pullBytes, other, ratio, timesUsual);
    }
}
