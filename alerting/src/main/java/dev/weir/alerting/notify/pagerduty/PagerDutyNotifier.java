package dev.weir.alerting.notify.pagerduty;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Message;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Secret;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Triggers and resolves events of PagerDuty. Events of one group have one {@code dedup_key}, so that PagerDuty makes
 * one incident of them.
 */
public final class PagerDutyNotifier implements Notifier {
    public static final NotifierType<PagerDutyConfig> TYPE =
            NotifierType.of("pagerduty", PagerDutyConfig.class, PagerDutyNotifier::of);

    private static final int SUMMARY = 1_024;

    private final URI url;
    private final String routingKey;
    private final Links links;
    private final HttpPost http;

    /**
     * Creates a notifier of one integration.
     *
     * @param links the addresses that messages link to
     */
    public PagerDutyNotifier(URI url, String routingKey, Links links, HttpPost http) {
        this.url = url;
        this.routingKey = routingKey;
        this.links = links;
        this.http = http;
    }

    private static @Nullable Notifier of(NotifierSetup setup, PagerDutyConfig config) {
        String key = Secret.text(config.routingKey(), config.routingKeyFile(), setup.key("routing_key"));
        URI url = Secret.url(config.url(), null, setup.key("url"));
        return key == null || url == null ? null : new PagerDutyNotifier(url, key, setup.links(), setup.http());
    }

    @Override
    public String kind() {
        return TYPE.kind();
    }

    /** Returns false: an event belongs to one incident of PagerDuty. */
    @Override
    public boolean takesDigests() {
        return false;
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        ObjectNode event = Json.MAPPER.createObjectNode();
        event.put("routing_key", routingKey);
        event.put("dedup_key", "weir-" + notification.groupKey());
        event.put("client", "Weir");
        boolean isOver = notification.kind() == Notification.Kind.RESOLVED;
        event.put("event_action", isOver ? "resolve" : "trigger");
        if (!isOver) {
            Message message = Message.of(notification, links);
            payload(notification.first(), message, event.putObject("payload"));
            message.links().forEach(link -> event.withArrayProperty("links")
                    .addObject()
                    .put("href", link.url())
                    .put("text", link.text()));
        }
        return http.post(url, Json.write(event), Map.of());
    }

    private static void payload(Alert first, Message message, ObjectNode payload) {
        String summary = message.headline();
        payload.put("summary", summary.length() <= SUMMARY ? summary : summary.substring(0, SUMMARY));
        Entity source = first.source();
        payload.put("source", source == null ? "weir" : source.display());
        payload.put("severity", severity(message.severity()));
        payload.put("timestamp", Instant.ofEpochMilli(first.lastSeenMs()).toString());
        payload.put("class", first.detector());
        payload.put("group", first.category());
        ObjectNode details = payload.putObject("custom_details");
        message.firing().forEach(each -> details.put(each.alert().id(), each.title() + ": " + each.details()));
    }

    private static String severity(Severity severity) {
        return switch (severity) {
            case LOW -> "info";
            case MEDIUM -> "warning";
            case HIGH -> "error";
            case CRITICAL -> "critical";
        };
    }
}
