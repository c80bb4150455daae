package dev.weir.alerting.notify;

import dev.weir.common.Backoff;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The pauses between attempts of one receiver. They double with each failure in a row, from a second to five minutes. A
 * notification that fails stays the first for some attempts; then later ones go ahead of it.
 */
final class RetryPolicy {
    private static final Backoff RECEIVER = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

    /** The pauses for recipients that fail while others succeed, for example because their mailbox is full. */
    private static final Backoff RECIPIENT = new Backoff(Duration.ofMinutes(1), Duration.ofHours(1));

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
        Duration least = RECEIVER.first().dividedBy(2);
        if (asked == null) {
            return RECEIVER.jittered(failures);
        }
        return asked.compareTo(least) < 0 ? least : asked;
    }

    boolean isUnavailable() {
        return failures >= UNAVAILABLE_FROM;
    }

    /** The further pause of a notification that has failed often, so that later ones go ahead of it. */
    static Duration behind(int attempts) {
        return attempts < IN_ORDER ? Duration.ZERO : RECEIVER.jittered(attempts - IN_ORDER + 1);
    }

    /** The pause before the first attempt for the recipients left. */
    static Duration firstForRecipients() {
        return RECIPIENT.first();
    }

    /** The pause before another attempt for the recipients left. */
    static Duration forRecipients(int attempts) {
        return RECIPIENT.jittered(attempts + 1);
    }

    /** The time after which the recipients left are given up. */
    static Duration longestForRecipients() {
        return RECIPIENT_LONGEST;
    }
}
