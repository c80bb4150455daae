package dev.weir.alerting.notify.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.message.AlertMessage;
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

    private final String publicUrl;

    private WebhookBody(@Nullable Template template, String contentType, String publicUrl) {
        this.template = template;
        this.publicUrl = publicUrl;
        this.contentType = contentType;
    }

    /** Creates the notification as JSON. */
    public static WebhookBody plain(String publicUrl) {
        return new WebhookBody(null, WebhookConfig.JSON, publicUrl);
    }

    /**
     * Creates the body of a configuration.
     *
     * @param where the place in the configuration, for messages
     * @param samples notifications that the template is tried with
     * @param publicUrl the address at which people reach Weir
     * @throws ConfigException if the template cannot be used
     */
    public static WebhookBody of(WebhookConfig config, String where, List<Notification> samples, String publicUrl) {
        String file = config.templateFile();
        if (file == null) {
            return plain(publicUrl);
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
            WebhookBody body = new WebhookBody(template, config.contentType(), publicUrl);
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
        Message message = Message.of(notification, publicUrl);
        ObjectNode words = fields.putObject("message").put("headline", message.headline());
        message.links().forEach(link -> words.withArrayProperty("links").add(link.url()));
        message.firing().forEach(alert -> add(words.withArrayProperty("alerts"), alert));
        return template == null ? Json.write(fields) : template.render(fields).getBytes(StandardCharsets.UTF_8);
    }

    private static void add(ArrayNode alerts, AlertMessage alert) {
        ObjectNode sentences = alerts.addObject().put("id", alert.alert().id()).put("who", alert.who());
        if (alert.policy() != null) {
            sentences.put("policy", alert.policy());
        }
        sentences.put("evidence", alert.evidence());
    }
}
