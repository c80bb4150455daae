package dev.weir.alerting.notify.alertmanager;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.route.Notification;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Posts alerts to {@code /api/v2/alerts}. They are posted again every minute while they are to be seen to, and end by themselves when that
 * stops; an alert that is dealt with ends at once. Labels are those that few alerts differ by: what is told of one address or one port stands in
 * the annotations.
 */
public final class AlertmanagerNotifier implements Notifier {
    public static final String KIND = "alertmanager";

    private static final Duration RESEND = Duration.ofMinutes(1);
    /** When so many did not come the alert is over. */
    private static final Duration ENDS = RESEND.multipliedBy(4);

    private static final int MOST_ACTIVE = 100_000;

    private final URI url;
    private final Map<String, String> headers;
    private final String publicUrl;
    private final HttpPost http;
    /** By id, the labels of those that Alertmanager takes for active. */
    private final Cache<String, ObjectNode> active = Caffeine.newBuilder()
            .expireAfterWrite(ENDS)
            .maximumSize(MOST_ACTIVE)
            .build();

    /**
     * @param url of Alertmanager, with or without a slash at its end
     * @param token null for none
     * @param publicUrl where people reach Weir
     */
    public AlertmanagerNotifier(URI url, @Nullable String token, String publicUrl, HttpPost http) {
        this.url = URI.create(url.toString().replaceFirst("/$", "") + "/api/v2/alerts");
        this.headers = token == null ? Map.of() : Map.of("Authorization", "Bearer " + token);
        this.publicUrl = publicUrl;
        this.http = http;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public Duration resend() {
        return RESEND;
    }

    @Override
    public Delivery send(Notification notification) throws InterruptedException {
        ArrayNode alerts = Json.MAPPER.createArrayNode();
        Instant now = Instant.ofEpochMilli(notification.atMs());
        notification.resolved().stream()
                .filter(alert -> isOver(alert, notification))
                .forEach(alert -> add(alerts, alert, now));
        notification.alerts().forEach(alert -> {
            active.put(alert.id(), labels(alert));
            add(alerts, alert, now.plus(ENDS));
        });
        return alerts.isEmpty() ? new Delivery.Delivered() : http.post(url, Json.write(alerts), headers);
    }

    /** To Alertmanager alerts with the same labels are one; it ends with the last of them. */
    private boolean isOver(Alert alert, Notification notification) {
        active.invalidate(alert.id());
        ObjectNode labels = labels(alert);
        return !active.asMap().containsValue(labels)
                && notification.alerts().stream()
                        .noneMatch(other -> labels(other).equals(labels));
    }

    private void add(ArrayNode alerts, Alert alert, Instant ends) {
        ObjectNode entry = alerts.addObject();
        entry.set("labels", labels(alert));
        ObjectNode annotations = entry.putObject("annotations");
        annotations.put("summary", alert.title());
        annotations.put("description", alert.summary());
        annotations.put("alert", alert.id());
        put(annotations, "incident", alert.incident());
        entry.put("startsAt", Instant.ofEpochMilli(alert.firstSeenMs()).toString());
        entry.put("endsAt", ends.toString());
        entry.put("generatorURL", publicUrl + "/api/v1/alerts/" + alert.id());
    }

    private static ObjectNode labels(Alert alert) {
        ObjectNode labels = Json.MAPPER.createObjectNode();
        labels.put("alertname", alert.detector());
        labels.put("severity", alert.severity().word());
        labels.put("category", alert.category());
        put(labels, "cluster", alert.cluster());
        end(labels, "", alert.source());
        end(labels, "destination_", alert.destination());
        return labels;
    }

    private static void end(ObjectNode labels, String prefix, @Nullable Entity end) {
        if (end != null) {
            put(labels, prefix + "namespace", end.namespace());
            put(labels, prefix + "workload", end.workload());
        }
    }

    private static void put(ObjectNode node, String name, @Nullable String value) {
        if (value != null) {
            node.put(name, value);
        }
    }
}
