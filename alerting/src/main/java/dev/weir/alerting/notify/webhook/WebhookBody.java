package dev.weir.alerting.notify.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import dev.weir.alerting.route.Notification;
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

/** What is posted: the notification as JSON, or what somebody's template makes of it. */
public final class WebhookBody {
    /** The notification as JSON. */
    public static final WebhookBody PLAIN = new WebhookBody(null, WebhookConfig.JSON);

    private static final long LARGEST_TEMPLATE = 1 << 16;

    private final @Nullable Template template;
    private final String contentType;

    private WebhookBody(@Nullable Template template, String contentType) {
        this.template = template;
        this.contentType = contentType;
    }

    /**
     * @param where for messages
     * @param samples that the template is tried with
     * @throws ConfigException when the template cannot be used
     */
    public static WebhookBody of(WebhookConfig config, String where, List<Notification> samples) {
        String file = config.templateFile();
        if (file == null) {
            return PLAIN;
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
            WebhookBody body = new WebhookBody(template, config.contentType());
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
        return template == null
                ? Json.write(notification)
                : template.render(notification).getBytes(StandardCharsets.UTF_8);
    }
}
