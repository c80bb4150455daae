package dev.weir.alerting.notify.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.route.Notification;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.PolicyRef;
import dev.weir.model.codec.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An alert as a Slack message: Block Kit in an attachment, which is what carries a colour. Slack's limits: header 150
 * characters, section text 3,000, field 2,000, 10 fields.
 */
final class SlackMessage {
    private static final int HEADER = 150;
    private static final int SECTION = 3_000;
    private static final int FIELD = 2_000;
    private static final int LABEL = 75;
    private static final int BUTTONS = 5;
    /** Room for what says how many more there are. */
    private static final int MORE = 40;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private SlackMessage() {}

    /**
     * @param publicUrl where people reach the API
     */
    static ObjectNode of(Notification notification, String publicUrl) {
        ObjectNode message = Json.MAPPER.createObjectNode();
        String headline = notification.headline();
        // What a phone shows in its notification.
        message.put("text", cut(escape(notification.severity().name() + ": " + headline), SECTION));
        ObjectNode attachment = message.putArray("attachments").addObject();
        attachment.put("color", colour(notification));
        ArrayNode blocks = attachment.putArray("blocks");
        text(blocks.addObject().put("type", "header"), "text", "plain_text", cut(headline, HEADER));
        String said = notification.text();
        if (said != null) {
            section(blocks, escape(said));
        } else if (notification.size() == 1 && notification.alerts().size() == 1) {
            whole(blocks, notification.alerts().get(0));
        } else {
            lines(blocks, notification);
        }
        if (!notification.incidents().isEmpty()) {
            links(blocks, notification, publicUrl);
        }
        return message;
    }

    private static void whole(ArrayNode blocks, Alert alert) {
        section(blocks, escape(alert.summary()));
        fields(blocks, alert);
        PolicyEvidence policy = alert.policy();
        if (policy != null) {
            section(blocks, policy(policy));
        }
        evidence(blocks, alert);
    }

    /** One for each alert, as many as Slack takes. */
    private static void lines(ArrayNode blocks, Notification notification) {
        StringBuilder lines = new StringBuilder();
        int left = notification.size();
        for (Alert alert : notification.alerts()) {
            String line = "• *" + severity(alert) + "* " + escape(alert.title()) + "\n";
            if (lines.length() + line.length() > SECTION - MORE) {
                break;
            }
            lines.append(line);
            left--;
        }
        for (Alert alert : notification.resolved()) {
            String line = "• " + notification.closing(alert) + ": ~" + escape(alert.title()) + "~\n";
            if (lines.length() + line.length() > SECTION - MORE) {
                break;
            }
            lines.append(line);
            left--;
        }
        section(blocks, lines + (left > 0 ? "and " + left + " more" : ""));
    }

    private static void fields(ArrayNode blocks, Alert alert) {
        ObjectNode section = blocks.addObject().put("type", "section");
        ArrayNode fields = section.putArray("fields");
        field(fields, "Severity", severity(alert) + ", confidence " + Math.round(alert.confidence() * 100) + " %");
        field(fields, "Detector", alert.detector());
        field(fields, "Source", entity(alert.source()));
        field(fields, "Destination", entity(alert.destination()) + services(alert));
        field(fields, "First seen", TIME.format(Instant.ofEpochMilli(alert.firstSeenMs())));
        field(fields, "Flows", Long.toString(alert.count()));
    }

    private static String policy(PolicyEvidence policy) {
        StringBuilder text = new StringBuilder("*Policy* expects ")
                .append(policy.expected().name().toLowerCase(Locale.ROOT))
                .append(", the network says ")
                .append(policy.observed());
        if (!policy.decidedBy().isEmpty()) {
            text.append("\n*Decided by* ")
                    .append(policy.decidedBy().stream()
                            .map(PolicyRef::display)
                            .map(SlackMessage::escape)
                            .collect(Collectors.joining(", ")));
        }
        if (policy.nearest() != null) {
            text.append("\n*Why* ").append(escape(policy.nearest()));
        }
        return text.toString();
    }

    private static void evidence(ArrayNode blocks, Alert alert) {
        Map<String, Double> observed = new TreeMap<>(alert.evidence().observed());
        Map<String, Double> expected = new TreeMap<>(alert.evidence().expected());
        if (observed.isEmpty() && alert.evidence().caveats().isEmpty()) {
            return;
        }
        String text = "Observed " + figures(observed) + "; expected " + figures(expected)
                + alert.evidence().caveats().stream()
                        .map(caveat -> "; " + caveat)
                        .collect(Collectors.joining());
        ObjectNode context = blocks.addObject().put("type", "context");
        context.putArray("elements").addObject().put("type", "mrkdwn").put("text", cut(escape(text), FIELD));
    }

    private static String figures(Map<String, Double> figures) {
        return figures.entrySet().stream()
                .map(figure -> figure.getKey() + " "
                        + String.format(Locale.ROOT, "%.10g", figure.getValue()).replaceAll("\\.?0+$", ""))
                .collect(Collectors.joining(", "));
    }

    private static void links(ArrayNode blocks, Notification notification, String publicUrl) {
        ArrayNode buttons = blocks.addObject().put("type", "actions").putArray("elements");
        for (Incident incident : notification.incidents()) {
            if (buttons.size() < BUTTONS) {
                ObjectNode button = buttons.addObject().put("type", "button");
                text(button, "text", "plain_text", cut("Open incident " + incident.id(), LABEL));
                button.put("url", publicUrl + "/api/v1/incidents/" + incident.id());
            }
        }
    }

    private static String services(Alert alert) {
        if (alert.ports().isEmpty()) {
            return "";
        }
        String ports = alert.ports().stream().limit(8).map(String::valueOf).collect(Collectors.joining(", "));
        String more = alert.ports().size() > 8 ? " and " + (alert.ports().size() - 8) + " more" : "";
        return " " + (alert.protocol() == null ? "" : alert.protocol() + " ") + ports + more;
    }

    private static String entity(@Nullable Entity entity) {
        if (entity == null) {
            return "unknown";
        }
        String also = entity.pod() != null && !entity.pod().equals(entity.workload()) ? " (" + entity.pod() + ")" : "";
        return entity.display() + also;
    }

    private static String severity(Alert alert) {
        return alert.severity().name();
    }

    private static String colour(Notification notification) {
        if (notification.kind() == Notification.Kind.RESOLVED) {
            return "#2b8a3e";
        }
        return switch (notification.severity()) {
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

    /** The three characters that Slack's mrkdwn gives a meaning to. */
    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        String kept = text.substring(0, length - 1);
        // Not in the middle of an escaped character.
        int escape = kept.lastIndexOf('&');
        boolean split = escape > kept.lastIndexOf(';') && escape > kept.length() - "&amp;".length();
        return (split ? kept.substring(0, escape) : kept) + "…";
    }
}
