package dev.weir.common;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses between attempts that fail: each is twice as long as the one before, up to a bound.
 *
 * @param first the pause after the first failure
 * @param longest the longest pause
 */
public record Backoff(Duration first, Duration longest) {
    /** Checks that the pauses are above zero and grow. */
    public Backoff {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("backoff from " + first + " to " + longest);
        }
    }

    /** Creates pauses that all have the same length. */
    public static Backoff constant(Duration pause) {
        return new Backoff(pause, pause);
    }

    /**
     * Returns the pause after a number of failures in a row.
     *
     * @param failures number of failures, at least 1
     */
    public Duration after(int failures) {
        Duration pause = first;
        for (int i = 1; i < failures && pause.compareTo(longest) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(longest) < 0 ? pause : longest;
    }

    /**
     * Returns the pause after a number of failures in a row, less up to a half at random, so that clients of one server
     * do not return at the same moment.
     *
     * @param failures number of failures, at least 1
     */
    public Duration jittered(int failures) {
        long wholeMs = after(failures).toMillis();
        return Duration.ofMillis(wholeMs - ThreadLocalRandom.current().nextLong(Math.max(1, wholeMs / 2)));
    }
}
