package dev.weir.analytics.detector.silence;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code silence}.
 *
 * @param learn how long an edge must be watched before its silence is reported
 * @param activeShare the least share of its five-minute steps in which it must have been used
 * @param least the least duration of a silence
 * @param timesLongest the least multiple of its longest silence so far
 */
public record SilenceConfig(Duration learn, Double activeShare, Duration least, Double timesLongest)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public SilenceConfig(
            @Nullable Duration learn,
            @Nullable Double activeShare,
            @Nullable Duration least,
            @Nullable Double timesLongest) {
        this.learn = learn == null ? Duration.ofDays(2) : learn;
        this.activeShare = activeShare == null ? 0.9 : activeShare;
        this.least = least == null ? Duration.ofMinutes(30) : least;
        this.timesLongest = timesLongest == null ? 3 : timesLongest;
    }
}
