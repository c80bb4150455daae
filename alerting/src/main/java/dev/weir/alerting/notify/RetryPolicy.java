package dev.weir.alerting.notify;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The pauses between attempts of one receiver. They double with each failure in a row, from a second to five minutes. A
 * notification that fails stays the first for some attempts; then later ones go ahead of it.
 */
final class RetryPolicy {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LAST = Duration.ofMinutes(5);

    /** The pauses for recipients that fail while others succeed, for example because their mailbox is full. */
    private static final Duration RECIPIENT_FIRST = Duration.ofMinutes(1);

    private static final Duration RECIPIENT_LAST = Duration.ofHours(1);
    private static final Duration RECIPIENT_LONGEST = Duration.ofDays(5);

    /** Attempts of a notification during which later notifications wait behind it. */
    private static final int IN_ORDER = 3;

    /** Failures in a row from which the receiver counts as unavailable. */
    private static final int UNAVAILABLE_FROM = 3;

    private int failures;

    /** Resets the pauses: the receiver has answered. */
    void answered() {
        failures = 0;
    }

    /**
     * Counts a failure and returns the pause of the receiver.
     *
     * @param asked the pause that the receiver asks for, at least half a second; null for the policy's own
     */
    Duration failed(@Nullable Duration asked) {
        failures++;
        Duration least = FIRST.dividedBy(2);
        if (asked == null) {
            return doubled(FIRST, LAST, failures - 1);
        }
        return asked.compareTo(least) < 0 ? least : asked;
    }

    boolean isUnavailable() {
        return failures >= UNAVAILABLE_FROM;
    }

    /** The further pause of a notification that has failed often, so that later ones go ahead of it. */
    static Duration behind(int attempts) {
        return attempts < IN_ORDER ? Duration.ZERO : doubled(FIRST, LAST, attempts - IN_ORDER);
    }

    /** The pause before the first attempt for the recipients left. */
    static Duration firstForRecipients() {
        return RECIPIENT_FIRST;
    }

    /** The pause before another attempt for the recipients left. */
    static Duration forRecipients(int attempts) {
        return doubled(RECIPIENT_FIRST, RECIPIENT_LAST, attempts);
    }

    /** The time after which the recipients left are given up. */
    static Duration longestForRecipients() {
        return RECIPIENT_LONGEST;
    }

    /** A pause that doubles with each attempt, less up to a half at random, so that senders do not synchronise. */
    private static Duration doubled(Duration first, Duration last, int attempts) {
        long whole = Math.min(last.toMillis(), first.toMillis() << Math.min(attempts, 20));
        return Duration.ofMillis(whole - ThreadLocalRandom.current().nextLong(whole / 2));
    }
}
