package dev.weir.analytics.detector.silence;

import dev.weir.common.Millis;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The use of an edge by hour of the day (UTC), on days on which it was used at all. An hour is steady if the edge was
 * used in nearly all of its steps. It is counted from the second day on.
 *
 * @param days the number of such days
 * @param dayMs the latest of them
 * @param hourSteps by hour of the day, the number of steps with traffic; 24 of them, none on the first day
 * @param longestMs the longest silence in steady hours that was not reported
 */
public record DaySeason(int days, long dayMs, List<Integer> hourSteps, long longestMs) {
    static final DaySeason NONE = new DaySeason(0, Long.MIN_VALUE, List.of(), 0);

    private static final int HOURS = 24;
    private static final int LEAST_DAYS = 5;
    private static final long STEPS = Millis.HOUR / Silence.STEP_MS;

    /** The season after a step with traffic. */
    DaySeason used(long stepMs) {
        List<Integer> steps = new ArrayList<>(hourSteps.isEmpty() ? Collections.nCopies(HOURS, 0) : hourSteps);
        int hour = hour(stepMs);
        steps.set(hour, steps.get(hour) + 1);
        long day = Math.floorDiv(stepMs, Millis.DAY) * Millis.DAY;
        return new DaySeason(days + (day > dayMs ? 1 : 0), Math.max(day, dayMs), steps, longestMs);
    }

    /** The season after a silence that was not reported. */
    DaySeason silent(long fromMs, long toMs, double share) {
        long silent = toMs - fromMs;
        return silent > longestMs && isSteady(fromMs, toMs, share)
                ? new DaySeason(days, dayMs, hourSteps, silent)
                : this;
    }

    /** True if the days are enough to know the season. */
    boolean isLearned() {
        return days > LEAST_DAYS;
    }

    /**
     * True if all hours of a time are steady.
     *
     * @param share the least share of the steps of an hour with traffic
     */
    boolean isSteady(long fromMs, long toMs, double share) {
        if (days < 2 || toMs - fromMs >= Millis.DAY) {
            return false;
        }
        for (long ms = fromMs - Math.floorMod(fromMs, Millis.HOUR); ms < toMs; ms += Millis.HOUR) {
            // The latest day is not over.
            if (hourSteps.get(hour(ms)) < share * STEPS * (days - 1)) {
                return false;
            }
        }
        return true;
    }

    private static int hour(long ms) {
        return (int) (Math.floorMod(ms, Millis.DAY) / Millis.HOUR);
    }
}
