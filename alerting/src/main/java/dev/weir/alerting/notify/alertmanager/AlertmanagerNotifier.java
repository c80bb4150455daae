package dev.weir.alerting.notify.alertmanager;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weir.alerting.incident.Lifecycle;
import dev.weir.alerting.message.AlertMessage;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Secret;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.codec.Json;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Posts alerts to {@code /api/v2/alerts}. Open alerts are posted again every minute, and end by themselves when that
 * stops; an alert of an incident that is over ends at once. Labels have few values: addresses and ports stand in the
 * annotations.
 */
public final class AlertmanagerNotifier implements Notifier {
    public static final NotifierType<AlertmanagerConfig> TYPE =
            NotifierType.of("alertmanager", AlertmanagerConfig.class, AlertmanagerNotifier::of);

    private static final Duration RESEND = Duration.ofMinutes(1);
    /** The time after which Alertmanager ends an alert that is not posted again: four missed posts. */
    private static final Duration ENDS = RESEND.multipliedBy(4);

    private static final int MOST_ACTIVE = 100_000;

    private final URI url;
    private final Map<String, String> headers;
    private final Links links;
    private final HttpPost http;
    /** The labels of alerts that are active in Alertmanager, by id. */
    private final Cache<String, ObjectNode> active = Caffeine.newBuilder()
            .expireAfterWrite(ENDS)
            .maximumSize(MOST_ACTIVE)
            .build();

    /**
     * Creates a notifier of one Alertmanager.
     *
     * @param url address of Alertmanager, with or without a slash at its end
     * @param token bearer token; null for none
     * @param links the addresses that messages link to
     */
    public AlertmanagerNotifier(URI url, @Nullable String token, Links links, HttpPost http) {
        this.url = URI.create(url.toString().replaceFirst("/$", "") + "/api/v2/alerts");
        this.headers = token == null ? Map.of() : Map.of("Authorization", "Bearer " + token);
        this.links = links;
        this.http = http;
    }

    private static @Nullable Notifier of(NotifierSetup setup, AlertmanagerConfig config) {
        URI url = Secret.url(config.url(), null, setup.key("url"));
        String token = Secret.token(config.bearerTokenFile(), setup.key("bearer_token"));
        return url == null ? null : new AlertmanagerNotifier(url, token, setup.links(), setup.http());
    }

    @Override
    public String kind() {
        return TYPE.kind();
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

    /** True if no other active alert has the labels: Alertmanager holds one alert for the same labels. */
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
        AlertMessage message = new AlertMessage(alert, links.runbook(alert));
        annotations.put("who", message.who());
        put(annotations, "policy", message.policy());
        annotations.put("alert", alert.id());
        annotations.put("incident", Lifecycle.idOf(alert));
        annotations.put("incident_url", links.incident(Lifecycle.idOf(alert)));
        put(annotations, "runbook_url", message.runbook());
        entry.put("startsAt", Instant.ofEpochMilli(alert.firstSeenMs()).toString());
        entry.put("endsAt", ends.toString());
        entry.put("generatorURL", links.alert(alert.id()));
    }

    private static ObjectNode labels(Alert alert) {
        ObjectNode labels = Json.MAPPER.createObjectNode();
        labels.put("alertname", alert.detector());
        labels.put("severity", alert.severity().id());
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
