package dev.weir.alerting.notify.ntfy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.weir.alerting.Receivers;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.codec.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

    private HttpServer server;
    private volatile byte[] body = new byte[0];

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void messageGoesToTheTopic() throws Exception {
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        Notification sample = Receivers.sample("phone", CLOCK);
        Delivery delivery = NtfyNotifier.TYPE
                .create(SETUP, new NtfyConfig(url, "alerts", null))
                .send(sample);
        assertThat(delivery).isInstanceOf(Delivery.Delivered.class);
        JsonNode posted = Json.MAPPER.readTree(body);
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
