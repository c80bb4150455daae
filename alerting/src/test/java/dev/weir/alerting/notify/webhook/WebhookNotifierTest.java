package dev.weir.alerting.notify.webhook;

import static dev.weir.alerting.Notifications.CLOCK;
import static dev.weir.alerting.Notifications.LINKS;
import static dev.weir.alerting.Notifications.NOW;
import static dev.weir.alerting.Notifications.firing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.HttpPost;
import dev.weir.alerting.notify.ReceiverServer;
import dev.weir.common.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests signed by Standard Webhooks. */
class WebhookNotifierTest {
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
    void signatureCoversIdTimeAndBody() throws Exception {
        byte[] key = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
        String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
        assertThat(new WebhookNotifier(server.url(), WebhookBody.plain(LINKS), secret, "k", HTTP, CLOCK).send(firing()))
                .isInstanceOf(Delivery.Delivered.class);
        assertThat(server.last().header("webhook-id")).isEqualTo("group-1");
        assertThat(server.last().header("webhook-timestamp")).isEqualTo(Long.toString(NOW / 1_000));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        String signed = "group-1." + NOW / 1_000 + "." + server.last().body();
        assertThat(server.last().header("webhook-signature"))
                .isEqualTo("v1,"
                        + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
        assertThat(server.last().json().at("/alerts/0/id").asText()).isEqualTo("a");
        assertThat(server.last().json().at("/incidents/0/status").asText()).isEqualTo("open");
        assertThatThrownBy(() -> new WebhookNotifier(
                        server.url(), WebhookBody.plain(LINKS), "whsec_short", "the.key", HTTP, CLOCK))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the.key")
                .hasMessageNotContaining("short");
    }
}
