package dev.weir.alerting.notify.webhook;

import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.route.Notification;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.util.Map;

/**
 * Posts the notification as it is. The {@code Idempotency-Key} header is the same when a crash makes Weir send one again.
 */
public final class WebhookNotifier implements Notifier {
    public static final String KIND = "webhook";

    private final URI url;
    private final HttpPost http;

    public WebhookNotifier(URI url, HttpPost http) {
        this.url = url;
        this.http = http;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        return http.post(url, Json.write(notification), Map.of("Idempotency-Key", notification.id()));
    }
}
