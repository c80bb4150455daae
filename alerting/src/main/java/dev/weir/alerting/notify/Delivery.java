package dev.weir.alerting.notify;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outcome of an attempt to deliver a notification. */
public sealed interface Delivery {
    /** The outcome for people. */
    String outcome();

    /** True if every recipient has the notification. */
    default boolean isDelivered() {
        return false;
    }

    /** Calls the handler's method for this outcome. */
    <E extends Exception> void handle(Handler<E> handler) throws E;

    /**
     * Handles outcomes, a method for each.
     *
     * @param <E> the exception that handling may throw
     */
    interface Handler<E extends Exception> {
        /** The receiver has the notification. */
        void delivered() throws E;

        /** Handles a delivery to some of the recipients. See {@link Partly}. */
        void partly(List<String> left, String reason) throws E;

        /** The receiver may accept the notification later. See {@link RetryLater}. */
        void retryLater(String reason, @Nullable Duration after) throws E;

        /** The receiver will never accept the notification. */
        void rejected(String reason) throws E;
    }

    /** The receiver has accepted the notification. */
    record Delivered() implements Delivery {
        @Override
        public String outcome() {
            return "delivered";
        }

        @Override
        public boolean isDelivered() {
            return true;
        }

        @Override
        public <E extends Exception> void handle(Handler<E> handler) throws E {
            handler.delivered();
        }
    }

    /**
     * The receiver has accepted the notification, but not for all of its recipients.
     *
     * @param left recipients for which another attempt may succeed, in the notifier's own form; empty when the others
     *     are rejected for good
     * @param reason names the recipients without the notification
     */
    record Partly(List<String> left, String reason) implements Delivery {
        public Partly {
            left = List.copyOf(left);
        }

        @Override
        public String outcome() {
            return "delivered in part; " + reason;
        }

        @Override
        public <E extends Exception> void handle(Handler<E> handler) throws E {
            handler.partly(left, reason);
        }
    }

    /**
     * The receiver did not accept the notification, and may do so later.
     *
     * @param after the pause that the receiver asks for; null when it leaves that to the sender
     */
    record RetryLater(String reason, @Nullable Duration after) implements Delivery {
        @Override
        public String outcome() {
            return "not accepted now: " + reason;
        }

        @Override
        public <E extends Exception> void handle(Handler<E> handler) throws E {
            handler.retryLater(reason, after);
        }
    }

    /** The receiver will never accept this notification. */
    record Rejected(String reason) implements Delivery {
        @Override
        public String outcome() {
            return "rejected: " + reason;
        }

        @Override
        public <E extends Exception> void handle(Handler<E> handler) throws E {
            handler.rejected(reason);
        }
    }
}
