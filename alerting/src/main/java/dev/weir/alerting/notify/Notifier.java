package dev.weir.alerting.notify;

import dev.weir.alerting.route.Notification;
import java.time.Duration;
import java.util.List;

/** Tells one receiver. Reasons that it gives never hold a URL or a token. */
public interface Notifier extends AutoCloseable {
    /** Which kind of receiver it is for, as in the configuration. */
    String kind();

    /** Lets go of what it holds; nothing is sent afterwards. */
    @Override
    default void close() {}

    /** One attempt. */
    Delivery send(Notification notification) throws InterruptedException;

    /**
     * One attempt for some of the recipients only.
     *
     * @param recipients that {@link Delivery.Partly} named; empty for all
     */
    default Delivery send(Notification notification, List<String> recipients) throws InterruptedException {
        return send(notification);
    }

    /** The least time between two; zero for none. */
    default Duration pace() {
        return Duration.ZERO;
    }

    /** How often it is to be told of what is still to be seen to, whatever the routes say; zero for never. */
    default Duration resend() {
        return Duration.ZERO;
    }

    /** Whether many notifications may be sent as one, when there are more than people can read. */
    default boolean takesDigests() {
        return !isComplete();
    }

    /** Whether it is told of every alert, as programs want it, rather than of the worst. */
    default boolean isComplete() {
        return false;
    }
}
