package dev.weir.alerting.notify;

import dev.weir.model.Alert;

/** Tells one target of an alert. Reasons that it gives never hold a URL or a token. */
public interface Notifier {

    /** Name of the target, as in metrics and the outbox. */
    String target();

    /** One attempt. */
    Delivery send(Alert alert) throws InterruptedException;
}
