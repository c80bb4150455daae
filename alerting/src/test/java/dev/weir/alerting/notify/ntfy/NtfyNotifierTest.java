package dev.weir.alerting.notify.ntfy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.Receivers;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.ReceiverServer;
import dev.weir.common.config.KafkaConfig;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class NtfyNotifierTest {
    private static final InstantSource CLOCK = () -> Instant.ofEpochMilli(1_790_000_000_000L);
    private static final NotifierSetup SETUP = new NotifierSetup(
            "receivers[0].ntfy",
            Links.to("https://weir.example"),
            new HttpPost(CLOCK, true),
            new KafkaConfig(null, null),
            CLOCK,
            List.of());

    @Test
    void messageGoesToTheTopic() throws Exception {
        Notification sample = Receivers.sample("phone", CLOCK);
        JsonNode posted;
        try (ReceiverServer server = new ReceiverServer()) {
            Delivery delivery = NtfyNotifier.TYPE
                    .create(SETUP, new NtfyConfig(server.url().toString(), "alerts", null))
                    .send(sample);
            assertThat(delivery).isInstanceOf(Delivery.Delivered.class);
            posted = server.requests().get(0).json();
        }
        assertThat(posted.path("topic").asText()).isEqualTo("alerts");
        assertThat(posted.path("title").asText()).isEqualTo(sample.headline());
        assertThat(posted.path("message").asText()).contains("shop/web -> shop/db");
        assertThat(posted.path("priority").asInt()).isEqualTo(3);
    }

    @Test
    void settingsWithoutATopicMakeNoNotifier() {
        assertThat(NtfyNotifier.TYPE.create(SETUP, new NtfyConfig("https://ntfy.example", null, null)))
                .isNull();
    }
}
