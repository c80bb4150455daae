package dev.weir.alerting.notify;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of an attempt to notify. */
public sealed interface Delivery {
    record Delivered() implements Delivery {}

    /**
     * Taken, though not for some of its recipients, for whom it is worth trying again.
     *
     * @param left who they are, in the notifier's own words
     */
    record Partly(List<String> left, String reason) implements Delivery {
        public Partly {
            left = List.copyOf(left);
        }
    }

    /**
     * Worth trying again.
     *
     * @param after how long the target asks to wait; null when it leaves that to the sender
     */
    record RetryLater(String reason, @Nullable Duration after) implements Delivery {}

    /** The target will never take this one. */
    record Rejected(String reason) implements Delivery {}
}
