package dev.weir.alerting.notify.pagerduty;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.alerting.incident.Incident;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.route.Notification;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Severity;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** Triggers and resolves events; those of one group have one {@code dedup_key}, so that PagerDuty makes one incident of them. */
public final class PagerDutyNotifier implements Notifier {
    public static final String KIND = "pagerduty";

    private static final int SUMMARY = 1_024;

    private final URI url;
    private final String routingKey;
    private final String publicUrl;
    private final HttpPost http;

    /**
     * @param publicUrl where people reach Weir
     */
    public PagerDutyNotifier(URI url, String routingKey, String publicUrl, HttpPost http) {
        this.url = url;
        this.routingKey = routingKey;
        this.publicUrl = publicUrl;
        this.http = http;
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** Each is an incident of its own there. */
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
            payload(notification, event.putObject("payload"));
            for (Incident incident : notification.incidents()) {
                event.withArrayProperty("links")
                        .addObject()
                        .put("href", publicUrl + "/api/v1/incidents/" + incident.id())
                        .put("text", "Open incident " + incident.id());
            }
        }
        return http.post(url, Json.write(event), Map.of());
    }

    private static void payload(Notification notification, ObjectNode payload) {
        Alert first = notification.first();
        String summary = notification.subject();
        payload.put("summary", summary.length() <= SUMMARY ? summary : summary.substring(0, SUMMARY));
        Entity source = first.source();
        payload.put("source", source == null ? "weir" : source.display());
        payload.put("severity", severity(notification.severity()));
        payload.put("timestamp", Instant.ofEpochMilli(first.lastSeenMs()).toString());
        payload.put("class", first.detector());
        payload.put("group", first.category());
        ObjectNode details = payload.putObject("custom_details");
        notification.alerts().forEach(alert -> details.put(alert.id(), alert.title() + ": " + alert.summary()));
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
