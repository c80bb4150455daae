package dev.weir.alerting.notify.webhook;

import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.model.Alert;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.util.Map;

/**
 * Posts the alert as it is. The {@code Idempotency-Key} header is the same when a crash makes Weir send one again.
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
    public String target() {
        return KIND;
    }

    @Override
    public Delivery send(Alert alert) throws InterruptedException {
        return http.post(url, Json.write(alert), Map.of("Idempotency-Key", alert.id() + "-" + alert.revision()));
    }
}
