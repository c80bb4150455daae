package dev.weir.alerting.notify.teams;

import static dev.weir.alerting.Notifications.CLOCK;
import static dev.weir.alerting.Notifications.LINKS;
import static dev.weir.alerting.Notifications.updatedWithMany;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.ReceiverServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cards as Teams takes them. */
class TeamsNotifierTest {
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
    void cardOfManyAlertsIsWithinTheLimit() throws Exception {
        assertThat(new TeamsNotifier(server.url(), LINKS, HTTP).send(updatedWithMany(500)))
                .isInstanceOf(Delivery.Delivered.class);
        assertThat(server.last().body().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(28 * 1024);
        JsonNode card = server.last().json().at("/attachments/0/content");
        assertThat(card.path("type").asText()).isEqualTo("AdaptiveCard");
        assertThat(card.at("/body/0/text").asText()).startsWith("Update: shop/web does");
        assertThat(card.at("/body/1/text").asText()).contains("\\<to\\>");
        assertThat(card.path("body"))
                .last()
                .satisfies(last -> assertThat(last.path("text").asText()).isEqualTo("and 500 more"));
    }
}
