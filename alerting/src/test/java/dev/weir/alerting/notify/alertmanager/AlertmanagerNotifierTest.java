package dev.weir.alerting.notify.alertmanager;

import static dev.weir.alerting.Alerts.alert;
import static dev.weir.alerting.Notifications.CLOCK;
import static dev.weir.alerting.Notifications.LINKS;
import static dev.weir.alerting.Notifications.NOW;
import static dev.weir.alerting.Notifications.WEIR;
import static dev.weir.alerting.Notifications.firing;
import static dev.weir.alerting.Notifications.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.ReceiverServer;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alerts as Alertmanager's API takes them. */
class AlertmanagerNotifierTest {
    private static final HttpPost HTTP = new HttpPost(CLOCK, true);

    private ReceiverServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ReceiverServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void alertHasFewLabelsAndItsEnd() throws Exception {
        AlertmanagerNotifier notifier = new AlertmanagerNotifier(server.url(), "secret", LINKS, HTTP);
        assertThat(notifier.send(firing())).isInstanceOf(Delivery.Delivered.class);
        assertThat(server.last().path()).isEqualTo("/api/v2/alerts");
        assertThat(server.last().header("Authorization")).isEqualTo("Bearer secret");
        JsonNode alert = server.last().json().get(0);
        assertThat(alert.path("labels").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder(
                        "alertname",
                        "severity",
                        "category",
                        "namespace",
                        "workload",
                        "destination_namespace",
                        "destination_workload");
        assertThat(Instant.parse(alert.path("endsAt").asText())).isAfter(Instant.ofEpochMilli(NOW));
        assertThat(alert.path("generatorURL").asText()).isEqualTo(WEIR + "/api/v1/alerts/a");
        assertThat(notifier.send(resolved())).isInstanceOf(Delivery.Delivered.class);
        assertThat(server.last().json().get(0).path("labels")).isEqualTo(alert.path("labels"));
        assertThat(Instant.parse(server.last().json().get(0).path("endsAt").asText()))
                .isEqualTo(Instant.ofEpochMilli(NOW));
        assertThat(notifier.resend()).isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void alertsOfTheSameLabelsEndWithTheLast() throws Exception {
        AlertmanagerNotifier notifier = new AlertmanagerNotifier(server.url(), null, LINKS, HTTP);
        assertThat(notifier.send(firing())).isInstanceOf(Delivery.Delivered.class);
        Alert other = alert("b", 1, Severity.HIGH, 30);
        assertThat(notifier.send(firing(other))).isInstanceOf(Delivery.Delivered.class);
        JsonNode last = server.last().json();
        assertThat(notifier.send(resolved())).isInstanceOf(Delivery.Delivered.class);
        assertThat(server.last().json()).as("nothing is posted of the first").isEqualTo(last);
        assertThat(notifier.send(resolved(other))).isInstanceOf(Delivery.Delivered.class);
        assertThat(server.last().json().at("/0/annotations/alert").asText()).isEqualTo("b");
        assertThat(Instant.parse(server.last().json().at("/0/endsAt").asText())).isEqualTo(Instant.ofEpochMilli(NOW));
    }
}
