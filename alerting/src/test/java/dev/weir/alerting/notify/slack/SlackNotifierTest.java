package dev.weir.alerting.notify.slack;

import static dev.weir.alerting.Notifications.CLOCK;
import static dev.weir.alerting.Notifications.LINKS;
import static dev.weir.alerting.Notifications.WEIR;
import static dev.weir.alerting.Notifications.resolved;
import static dev.weir.alerting.Notifications.updatedWithMany;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.ReceiverServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages as Slack takes them. */
class SlackNotifierTest {
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
    void manyAlertsAreLinesAndTheirEndIsGreen() throws Exception {
        SlackNotifier notifier = new SlackNotifier(server.url(), LINKS, HTTP);
        assertThat(notifier.send(updatedWithMany(500))).isInstanceOf(Delivery.Delivered.class);
        JsonNode attachment = server.last().json().at("/attachments/0");
        assertThat(attachment.at("/blocks/1/text/text").asText())
                .hasSizeLessThanOrEqualTo(3_000)
                .contains("• *HIGH* shop/web &lt;to&gt; shop/db &amp; more", "and 500 more");
        assertThat(attachment.at("/blocks/2/elements/0/url").asText()).isEqualTo(WEIR + "/api/v1/incidents/i");
        assertThat(notifier.send(resolved())).isInstanceOf(Delivery.Delivered.class);
        assertThat(server.last().json().at("/attachments/0/color").asText()).isEqualTo("#2b8a3e");
        assertThat(server.last().json().at("/attachments/0/blocks/0/text/text").asText())
                .startsWith("Resolved: ");
    }
}
