package dev.weir.alerting.store;

import java.time.Duration;

/** The lengths of time by which traffic is counted, and the times for which the counts are kept. */
public enum EdgeResolution {
    MINUTE(Duration.ofMinutes(1), Duration.ofDays(2)),
    HOUR(Duration.ofHours(1), Duration.ofDays(30)),
    DAY(Duration.ofDays(1), Duration.ofDays(400));

    private final long ms;
    private final long keptMs;

    EdgeResolution(Duration length, Duration kept) {
        this.ms = length.toMillis();
        this.keptMs = kept.toMillis();
    }

    /** Returns the start of the interval that a time is in. */
    public long start(long time) {
        return time - Math.floorMod(time, ms);
    }

    /**
     * Returns the finest resolution with about a hundred intervals at most that is kept for long enough; else the day.
     */
    public static EdgeResolution of(long fromMs, long toMs, long nowMs) {
        for (EdgeResolution each : values()) {
            if (toMs - fromMs <= 100 * each.ms && fromMs >= nowMs - each.keptMs) {
                return each;
            }
        }
        return DAY;
    }

    /** The time for which counts of this resolution are kept. */
    long keptMs() {
        return keptMs;
    }
}
