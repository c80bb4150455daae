package dev.weir.alerting.notify.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.message.AlertMessage;
import dev.weir.alerting.message.Message;
import dev.weir.common.Text;
import dev.weir.model.Alert;
import dev.weir.model.codec.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Renders a message for Slack: Block Kit in an attachment, since only an attachment has a colour. Slack's limits:
 * header 150 characters, section text 3,000, field 2,000, 10 fields.
 */
final class SlackMessage {
    private static final int HEADER = 150;
    private static final int SECTION = 3_000;
    private static final int FIELD = 2_000;
    private static final int LABEL = 75;
    private static final int BUTTONS = 5;
    /** The lines of alerts, with room for line ends and for the number of further alerts. */
    private static final int LINES = SECTION - 100;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private SlackMessage() {}

    /** Renders a message as the body that an incoming webhook takes. */
    static ObjectNode of(Message message) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        // A phone shows this text in its notification.
        body.put("text", cut(escape(message.severity().name() + ": " + message.headline()), SECTION));
        ObjectNode attachment = body.putArray("attachments").addObject();
        attachment.put("color", colour(message));
        ArrayNode blocks = attachment.putArray("blocks");
        text(blocks.addObject().put("type", "header"), "text", "plain_text", cut(message.headline(), HEADER));
        String chosen = message.text();
        if (chosen != null) {
            section(blocks, escape(chosen));
        } else if (message.size() == 1 && message.firing().size() == 1) {
            whole(blocks, message.firing().get(0));
        } else {
            section(blocks, String.join("\n", message.lines(LINES, SlackMessage::line, SlackMessage::line)));
        }
        if (!message.links().isEmpty()) {
            links(blocks, message);
        }
        return body;
    }

    private static void whole(ArrayNode blocks, AlertMessage alert) {
        section(blocks, escape(alert.summary()));
        fields(blocks, alert);
        policy(blocks, alert);
        ObjectNode context = blocks.addObject().put("type", "context");
        context.putArray("elements")
                .addObject()
                .put("type", "mrkdwn")
                .put("text", cut(escape(alert.evidence()), FIELD));
    }

    private static String line(AlertMessage alert) {
        return "• *" + alert.severity() + "* " + escape(alert.title());
    }

    private static String line(Message.Ended over) {
        return "• " + over.closing() + ": ~" + escape(over.alert().title()) + "~";
    }

    private static void fields(ArrayNode blocks, AlertMessage message) {
        Alert alert = message.alert();
        ObjectNode section = blocks.addObject().put("type", "section");
        ArrayNode fields = section.putArray("fields");
        field(fields, "Severity", message.severity() + ", confidence " + Math.round(alert.confidence() * 100) + " %");
        field(fields, "Detector", alert.detector());
        field(fields, "Source and destination", message.who());
        field(fields, "First seen", TIME.format(Instant.ofEpochMilli(alert.firstSeenMs())));
    }

    private static void policy(ArrayNode blocks, AlertMessage alert) {
        String policy = alert.policy();
        if (policy == null) {
            return;
        }
        StringBuilder text = new StringBuilder("*Policy:* ").append(policy);
        String decidedBy = alert.decidedBy();
        if (decidedBy != null) {
            text.append("\n*Decided by* ").append(escape(decidedBy));
        }
        String nearest = alert.nearest();
        if (nearest != null) {
            text.append("\n*Why* ").append(escape(nearest));
        }
        section(blocks, text.toString());
    }

    private static void links(ArrayNode blocks, Message message) {
        ArrayNode buttons = blocks.addObject().put("type", "actions").putArray("elements");
        message.links().stream().limit(BUTTONS).forEach(link -> {
            ObjectNode button = buttons.addObject().put("type", "button");
            text(button, "text", "plain_text", cut(link.text(), LABEL));
            button.put("url", link.url());
        });
    }

    private static String colour(Message message) {
        if (message.isOver()) {
            return "#2b8a3e";
        }
        return switch (message.severity()) {
            case LOW -> "#6c757d";
            case MEDIUM -> "#e0a800";
            case HIGH -> "#d9480f";
            case CRITICAL -> "#b00020";
        };
    }

    private static void field(ArrayNode fields, String name, String value) {
        fields.addObject().put("type", "mrkdwn").put("text", cut("*" + name + "*\n" + escape(value), FIELD));
    }

    private static void section(ArrayNode blocks, String mrkdwn) {
        text(blocks.addObject().put("type", "section"), "text", "mrkdwn", cut(mrkdwn, SECTION));
    }

    private static void text(ObjectNode block, String field, String type, String text) {
        block.putObject(field).put("type", type).put("text", text);
    }

    /** Escapes the three characters with a meaning in Slack's mrkdwn. */
    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        // A cut within an escaped character would show its code.
        int last = length - 2;
        int escape = text.lastIndexOf('&', last);
        boolean split = escape > text.lastIndexOf(';', last) && escape > length - 1 - "&amp;".length();
        return Text.cut(text, split ? escape + 1 : length);
    }
}
