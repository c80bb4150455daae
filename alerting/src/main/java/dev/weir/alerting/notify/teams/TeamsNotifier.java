package dev.weir.alerting.notify.teams;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.message.AlertMessage;
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

/** Posts a message as an Adaptive Card. */
public final class TeamsNotifier implements Notifier {
    public static final NotifierType<TeamsConfig> TYPE = NotifierType.of("teams", TeamsConfig.class, TeamsNotifier::of);

    /** The longest text of a card. Teams accepts messages of at most 28 KiB. */
    private static final int TEXTS = 16_000;

    private static final int ACTIONS = 5;

    private final URI webhook;
    private final Links links;
    private final HttpPost http;

    /**
     * Creates a notifier of one incoming webhook.
     *
     * @param links the addresses that messages link to
     */
    public TeamsNotifier(URI webhook, Links links, HttpPost http) {
        this.webhook = webhook;
        this.links = links;
        this.http = http;
    }

    private static @Nullable Notifier of(NotifierSetup setup, TeamsConfig config) {
        URI url = Secret.url(config.webhookUrl(), config.webhookUrlFile(), setup.key("webhook_url"));
        return url == null ? null : new TeamsNotifier(url, setup.links(), setup.http());
    }

    @Override
    public String kind() {
        return TYPE.kind();
    }

    /** One notification a second; Teams accepts four. */
    @Override
    public Duration pace() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        ObjectNode message = Json.MAPPER.createObjectNode().put("type", "message");
        ObjectNode attachment = message.putArray("attachments").addObject();
        attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
        card(Message.of(notification, links), attachment.putObject("content"));
        return http.post(webhook, Json.write(message), Map.of());
    }

    private static void card(Message message, ObjectNode card) {
        card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        card.put("type", "AdaptiveCard").put("version", "1.4");
        ArrayNode body = card.putArray("body");
        text(body, message.headline())
                .put("size", "Large")
                .put("weight", "Bolder")
                .put("color", message.isOver() ? "Good" : colour(message));
        String chosen = message.text();
        if (chosen != null) {
            text(body, chosen);
        } else {
            message.lines(TEXTS, TeamsNotifier::line, Message.Ended::line).forEach(line -> text(body, line));
        }
        ArrayNode actions = card.putArray("actions");
        message.links().stream().limit(ACTIONS).forEach(link -> actions.addObject()
                .put("type", "Action.OpenUrl")
                .put("title", link.text())
                .put("url", link.url()));
    }

    private static String line(AlertMessage alert) {
        return alert.severity() + ": " + alert.title() + ". " + alert.details();
    }

    private static ObjectNode text(ArrayNode body, String text) {
        return body.addObject()
                .put("type", "TextBlock")
                .put("text", escape(text))
                .put("wrap", true);
    }

    /** Escapes the characters with a meaning in Markdown. */
    private static String escape(String text) {
        return text.replaceAll("([\\\\*_\\[\\]<>`])", "\\\\$1");
    }

    private static String colour(Message message) {
        return switch (message.severity()) {
            case LOW -> "Default";
            case MEDIUM -> "Warning";
            case HIGH, CRITICAL -> "Attention";
        };
    }
}
