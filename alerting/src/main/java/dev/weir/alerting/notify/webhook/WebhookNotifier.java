package dev.weir.alerting.notify.webhook;

import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Secret;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Posts the notification as JSON, or as a template renders it. The headers {@code Idempotency-Key} and {@code
 * webhook-id} stay the same when a crash makes Weir send a notification again. With a secret the request is signed
 * after Standard Webhooks, with the time of the attempt, so that a receiver can refuse replayed requests.
 */
public final class WebhookNotifier implements Notifier {
    public static final NotifierType<WebhookConfig> TYPE =
            NotifierType.of("webhook", WebhookConfig.class, WebhookNotifier::of);

    private final URI url;
    private final WebhookBody body;
    private final HttpPost http;
    private final InstantSource clock;
    private final @Nullable Signer signer;

    /**
     * Creates a notifier.
     *
     * @param secret to sign with; null for none
     * @param key of the configuration that holds it, for messages
     */
    public WebhookNotifier(
            URI url, WebhookBody body, @Nullable String secret, String key, HttpPost http, InstantSource clock) {
        this.url = url;
        this.body = body;
        this.http = http;
        this.clock = clock;
        this.signer = secret == null ? null : new Signer(secret, key);
    }

    private static @Nullable Notifier of(NotifierSetup setup, WebhookConfig config) {
        URI url = Secret.url(config.url(), config.urlFile(), setup.key("url"));
        String key = setup.key("signing_secret");
        String secret = Secret.text(null, config.signingSecretFile(), key);
        if (url == null) {
            return null;
        }
        WebhookBody body = WebhookBody.of(config, setup.where(), setup.trials(), setup.links());
        return new WebhookNotifier(url, body, secret, key + "_file", setup.http(), setup.clock());
    }

    @Override
    public String kind() {
        return TYPE.kind();
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        byte[] bytes = body.bytes(notification);
        Map<String, String> headers = new TreeMap<>();
        headers.put("Content-Type", body.contentType());
        headers.put("Idempotency-Key", notification.id());
        if (signer != null) {
            long seconds = clock.millis() / 1_000;
            headers.put("webhook-id", notification.id());
            headers.put("webhook-timestamp", Long.toString(seconds));
            headers.put("webhook-signature", signer.sign(notification.id(), seconds, bytes));
        }
        return http.post(url, bytes, headers);
    }
}
