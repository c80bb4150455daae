package dev.weir.analytics.detector.volumeanomaly;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code volume-anomaly}.
 *
 * @param learn how long an edge is watched before its volume is judged
 * @param bytes in five minutes, less than which is never worth a finding
 * @param excess how far beyond the record, as a share of what the edge usually covers, makes a finding
 */
public record VolumeAnomalyConfig(Duration learn, Long bytes, Double excess) implements Serializable {
    private static final long serialVersionUID = 1L;

    public VolumeAnomalyConfig(@Nullable Duration learn, @Nullable Long bytes, @Nullable Double excess) {
        this.learn = learn == null ? Duration.ofDays(2) : learn;
        this.bytes = bytes == null ? 1_000_000 : bytes;
        this.excess = excess == null ? 1 : excess;
    }
}
