package dev.weir.alerting.notify.slack;

import dev.weir.alerting.message.Message;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.route.Notification;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Posts to a Slack incoming webhook. */
public final class SlackNotifier implements Notifier {
    public static final String KIND = "slack";

    private final URI webhook;
    private final String publicUrl;
    private final HttpPost http;

    /**
     * Creates a notifier of one incoming webhook.
     *
     * @param publicUrl the address at which people reach Weir
     */
    public SlackNotifier(URI webhook, String publicUrl, HttpPost http) {
        this.webhook = webhook;
        this.publicUrl = publicUrl;
        this.http = http;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        return http.post(webhook, Json.write(SlackMessage.of(Message.of(notification, publicUrl))), Map.of());
    }

    /** One notification a second, which is the limit of a webhook of Slack. */
    @Override
    public Duration pace() {
        return Duration.ofSeconds(1);
    }
}
