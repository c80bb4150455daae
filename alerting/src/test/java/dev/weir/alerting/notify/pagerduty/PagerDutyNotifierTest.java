package dev.weir.alerting.notify.pagerduty;

import static dev.weir.alerting.Notifications.CLOCK;
import static dev.weir.alerting.Notifications.LINKS;
import static dev.weir.alerting.Notifications.WEIR;
import static dev.weir.alerting.Notifications.firing;
import static dev.weir.alerting.Notifications.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.ReceiverServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events as PagerDuty's API takes them. */
class PagerDutyNotifierTest {
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
    void eventsOfOneAlertHaveTheSameKey() throws Exception {
        PagerDutyNotifier notifier = new PagerDutyNotifier(server.url(), "key", LINKS, HTTP);
        assertThat(notifier.send(firing())).isInstanceOf(Delivery.Delivered.class);
        JsonNode trigger = server.last().json();
        assertThat(trigger.path("event_action").asText()).isEqualTo("trigger");
        assertThat(trigger.path("routing_key").asText()).isEqualTo("key");
        assertThat(trigger.at("/payload/severity").asText()).isEqualTo("error");
        assertThat(trigger.at("/payload/source").asText()).isEqualTo("shop/web");
        assertThat(trigger.at("/links/0/href").asText()).isEqualTo(WEIR + "/api/v1/incidents/i");
        assertThat(notifier.send(resolved())).isInstanceOf(Delivery.Delivered.class);
        assertThat(server.last().json().path("event_action").asText()).isEqualTo("resolve");
        assertThat(server.last().json().path("dedup_key")).isEqualTo(trigger.path("dedup_key"));
    }
}
