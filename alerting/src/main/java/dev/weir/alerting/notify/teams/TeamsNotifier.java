package dev.weir.alerting.notify.teams;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.route.Notification;
import dev.weir.model.Alert;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Posts an Adaptive Card. */
public final class TeamsNotifier implements Notifier {
    public static final String KIND = "teams";

    /** Teams takes messages of 28 KiB; a card is kept well below. */
    private static final int TEXTS = 16_000;

    private final URI webhook;
    private final String publicUrl;
    private final HttpPost http;

    /**
     * @param publicUrl where people reach Weir
     */
    public TeamsNotifier(URI webhook, String publicUrl, HttpPost http) {
        this.webhook = webhook;
        this.publicUrl = publicUrl;
        this.http = http;
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Four a second is what Teams takes; one is enough. */
    @Override
    public Duration pace() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        ObjectNode message = Json.MAPPER.createObjectNode().put("type", "message");
        ObjectNode attachment = message.putArray("attachments").addObject();
        attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
        card(notification, attachment.putObject("content"));
        return http.post(webhook, Json.write(message), Map.of());
    }

    private void card(Notification notification, ObjectNode card) {
        card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        card.put("type", "AdaptiveCard").put("version", "1.4");
        ArrayNode body = card.putArray("body");
        boolean isOver = notification.kind() == Notification.Kind.RESOLVED;
        text(body, notification.headline())
                .put("size", "Large")
                .put("weight", "Bolder")
                .put("color", isOver ? "Good" : colour(notification));
        String said = notification.text();
        if (said != null) {
            text(body, said);
        } else {
            alerts(notification, body);
        }
        actions(notification, card.putArray("actions"));
    }

    private static void alerts(Notification notification, ArrayNode body) {
        int left = TEXTS;
        int shown = 0;
        for (Alert alert : notification.alerts()) {
            String line = alert.severity().name() + ": " + alert.title() + ". " + alert.summary();
            left -= line.length();
            if (left < 0) {
                break;
            }
            text(body, line);
            shown++;
        }
        for (Alert alert : notification.resolved()) {
            String line = notification.closing(alert) + ": " + alert.title();
            left -= line.length();
            if (left < 0) {
                break;
            }
            text(body, line);
            shown++;
        }
        if (shown < notification.size()) {
            text(body, "and " + (notification.size() - shown) + " more");
        }
    }

    private void actions(Notification notification, ArrayNode actions) {
        for (Incident incident : notification.incidents()) {
            if (actions.size() < 5) {
                actions.addObject()
                        .put("type", "Action.OpenUrl")
                        .put("title", "Open incident " + incident.id())
                        .put("url", publicUrl + "/api/v1/incidents/" + incident.id());
            }
        }
    }

    private static ObjectNode text(ArrayNode body, String text) {
        return body.addObject()
                .put("type", "TextBlock")
                .put("text", escape(text))
                .put("wrap", true);
    }

    /** What Markdown gives a meaning to. */
    private static String escape(String text) {
        return text.replaceAll("([\\\\*_\\[\\]<>`])", "\\\\$1");
    }

    private static String colour(Notification notification) {
        return switch (notification.severity()) {
            case LOW -> "Default";
            case MEDIUM -> "Warning";
            case HIGH, CRITICAL -> "Attention";
        };
    }
}
