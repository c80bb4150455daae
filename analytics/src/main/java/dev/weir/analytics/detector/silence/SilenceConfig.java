package dev.weir.analytics.detector.silence;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code silence}.
 *
 * @param learn how long an edge is watched before its silence can be told
 * @param activeShare in how many of its five minutes it must have spoken
 * @param least for how long it must have been silent, at least
 * @param timesLongest how many times as long as it ever was
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
