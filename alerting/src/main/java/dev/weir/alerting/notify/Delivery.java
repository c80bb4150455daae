package dev.weir.alerting.notify;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of an attempt to notify. */
public sealed interface Delivery {
    /** What became of it, for people. */
    String outcome();

    record Delivered() implements Delivery {
        @Override
        public String outcome() {
            return "delivered";
        }
    }

    /**
     * Taken, though not for some of its recipients.
     *
     * @param left those for whom it is worth trying again, in the notifier's own words; none when the others are refused for good
     * @param reason names the recipients that do not have it
     */
    record Partly(List<String> left, String reason) implements Delivery {
        public Partly {
            left = List.copyOf(left);
        }

        @Override
        public String outcome() {
            return "delivered in part; " + reason;
        }
    }

    /**
     * Worth trying again.
     *
     * @param after how long the target asks to wait; null when it leaves that to the sender
     */
    record RetryLater(String reason, @Nullable Duration after) implements Delivery {
        @Override
        public String outcome() {
            return "not taken now: " + reason;
        }
    }

    /** The target will never take this one. */
    record Rejected(String reason) implements Delivery {
        @Override
        public String outcome() {
            return "refused: " + reason;
        }
    }
}
