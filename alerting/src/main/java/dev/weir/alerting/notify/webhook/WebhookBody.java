package dev.weir.alerting.notify.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.message.AlertMessage;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Message;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.route.Template;
import dev.weir.common.config.ConfigException;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The body of a post: the notification as JSON with its sentences as {@code message}, or the output of a template. */
public final class WebhookBody {
    private static final long LARGEST_TEMPLATE = 1 << 16;

    private final @Nullable Template template;
    private final String contentType;

    private final Links links;

    private WebhookBody(@Nullable Template template, String contentType, Links links) {
        this.template = template;
        this.links = links;
        this.contentType = contentType;
    }

    /** Creates the notification as JSON. */
    public static WebhookBody plain(Links links) {
        return new WebhookBody(null, WebhookConfig.JSON, links);
    }

    /**
     * Creates the body of a configuration.
     *
     * @param where the place in the configuration, for messages
     * @param samples notifications that the template is tried with
     * @param links the addresses that messages link to
     * @throws ConfigException if the template cannot be used
     */
    public static WebhookBody of(WebhookConfig config, String where, List<Notification> samples, Links links) {
        String file = config.templateFile();
        if (file == null) {
            return plain(links);
        }
        if (!config.contentType().matches("[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+(; ?charset=utf-8)?")) {
            throw new ConfigException(where + ".content_type: '" + config.contentType() + "' is no media type");
        }
        String key = where + ".template_file: " + file;
        boolean isJson = config.contentType().toLowerCase(Locale.ROOT).contains("json");
        try {
            if (Files.size(Path.of(file)) > LARGEST_TEMPLATE) {
                throw new ConfigException(key + " is larger than " + LARGEST_TEMPLATE + " bytes");
            }
            String text = Files.readString(Path.of(file));
            Template template = isJson ? Template.json(text) : Template.plain(text);
            WebhookBody body = new WebhookBody(template, config.contentType(), links);
            for (Notification sample : samples) {
                byte[] tried = body.bytes(sample);
                if (isJson) {
                    Json.MAPPER
                            .reader()
                            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                            .readTree(tried);
                }
            }
            return body;
        } catch (JsonProcessingException e) {
            throw new ConfigException(key + " gives no JSON: " + e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(key + " is no Mustache template: " + e.getMessage());
        } catch (IOException e) {
            throw new ConfigException(key + " cannot be read");
        }
    }

    String contentType() {
        return contentType;
    }

    byte[] bytes(Notification notification) {
        ObjectNode fields = Json.MAPPER.valueToTree(notification);
        Message message = Message.of(notification, links);
        ObjectNode words = fields.putObject("message").put("headline", message.headline());
        message.incidents().forEach(link -> words.withArrayProperty("links").add(link.url()));
        message.firing().forEach(alert -> add(words.withArrayProperty("alerts"), alert));
        return template == null ? Json.write(fields) : template.render(fields).getBytes(StandardCharsets.UTF_8);
    }

    private static void add(ArrayNode alerts, AlertMessage alert) {
        ObjectNode sentences = alerts.addObject().put("id", alert.alert().id()).put("who", alert.who());
        if (alert.policy() != null) {
            sentences.put("policy", alert.policy());
        }
        sentences.put("evidence", alert.evidence());
        if (alert.runbook() != null) {
            sentences.put("runbook_url", alert.runbook());
        }
    }
}
