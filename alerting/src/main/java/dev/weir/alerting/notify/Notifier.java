package dev.weir.alerting.notify;

import dev.weir.alerting.message.Notification;
import java.time.Duration;
import java.util.List;

/** Sends notifications to one receiver. Reasons in its outcomes never hold a URL or a token. */
public interface Notifier extends AutoCloseable {
    /** The kind of receiver, as in the configuration. */
    String kind();

    /** Closes connections; no notification is sent afterwards. */
    @Override
    default void close() {}

    /** Attempts to deliver a notification. */
    Delivery send(Notification notification) throws InterruptedException;

    /**
     * Attempts to deliver a notification to some of the recipients.
     *
     * @param recipients those named by {@link Delivery.Partly}; empty for all
     */
    default Delivery send(Notification notification, List<String> recipients) throws InterruptedException {
        return send(notification);
    }

    /** The minimum time between two notifications; zero for none. */
    default Duration pace() {
        return Duration.ZERO;
    }

    /**
     * The interval after which the receiver requires its open alerts again, in addition to the routes; zero for never.
     */
    default Duration resend() {
        return Duration.ZERO;
    }

    /** True if many notifications may be sent as one, when there are more than people can read. */
    default boolean takesDigests() {
        return !isComplete();
    }

    /** True if the receiver gets every alert, as programs need it, rather than the worst. */
    default boolean isComplete() {
        return false;
    }
}
