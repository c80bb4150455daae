package dev.weir.alerting.notify.slack;

import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Message;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Secret;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Posts to a Slack incoming webhook. */
public final class SlackNotifier implements Notifier {
    public static final NotifierType<SlackConfig> TYPE = NotifierType.of("slack", SlackConfig.class, SlackNotifier::of);

    private final URI webhook;
    private final Links links;
    private final HttpPost http;

    /**
     * Creates a notifier of one incoming webhook.
     *
     * @param links the addresses that messages link to
     */
    public SlackNotifier(URI webhook, Links links, HttpPost http) {
        this.webhook = webhook;
        this.links = links;
        this.http = http;
    }

    private static @Nullable Notifier of(NotifierSetup setup, SlackConfig config) {
        URI url = Secret.url(config.webhookUrl(), config.webhookUrlFile(), setup.key("webhook_url"));
        return url == null ? null : new SlackNotifier(url, setup.links(), setup.http());
    }

    @Override
    public String kind() {
        return TYPE.kind();
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        return http.post(webhook, Json.write(SlackMessage.of(Message.of(notification, links))), Map.of());
    }

    /** One notification a second, which is the limit of a webhook of Slack. */
    @Override
    public Duration pace() {
        return Duration.ofSeconds(1);
    }
}
