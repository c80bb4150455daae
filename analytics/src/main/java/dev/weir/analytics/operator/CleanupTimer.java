package dev.weir.analytics.operator;

import org.apache.flink.streaming.api.TimerService;

/**
 * Event-time timers for the removal of old state. They lie on a coarse grid, so that a key that is active all the time
 * has one of them, and on multiples of the grid, where no slice ends, so that they differ from the timers of slices.
 *
 * @param gridMs distance of two timers; a multiple of a slice
 */
record CleanupTimer(long gridMs) {
    /** True if a timer that fired is one for clean-up. */
    boolean isAt(long firedMs) {
        return Math.floorMod(firedMs, gridMs) == 0;
    }

    /** Sets the first timer after a time. */
    void setAfter(long ms, TimerService timers) {
        timers.registerEventTimeTimer(after(ms));
    }

    /** The first time on the grid after a time. */
    long after(long ms) {
        return Math.floorDiv(ms, gridMs) * gridMs + gridMs;
    }
}
