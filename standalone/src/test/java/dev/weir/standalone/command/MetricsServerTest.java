package dev.weir.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.UnavailableException;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The metrics page of {@code weir ingest}, also beside clients that never finish a request. */
class MetricsServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int HALF_OPEN = 50;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final Map<String, Integer> closed = new ConcurrentHashMap<>();
    private final MetricsServer server =
            MetricsServer.start(registry, 0, reason -> closed.merge(reason, 1, Integer::sum));
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void count() {
        Counter.build("weir_some_total", "Some.").register(registry).inc();
        Counter.build("weir_none_total", "None.").labelNames("by").register(registry);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
    }

    @Test
    void seriesHaveNoTimesAtWhichTheyBegan() throws Exception {
        HttpResponse<String> answer = scrape(PATIENCE);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(answer.body())
                .contains("weir_some_total 1.0", "# TYPE weir_none_total counter")
                .doesNotContain("_created");
    }

    @Test
    void otherAddressAsksByHalvesThenScrapesAreAnswered() throws Exception {
        halfOpen("127.0.0.2");
        assertThat(scrape(Duration.ofSeconds(1)).statusCode()).isEqualTo(200);
    }

    @Test
    void sameAddressAsksByHalvesThenScrapesAreAnswered() throws Exception {
        halfOpen("127.0.0.1");
        assertThat(scrape(Duration.ofSeconds(1)).statusCode()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> closed.getOrDefault("slow", 0) == HALF_OPEN);
    }

    @Test
    void portIsTakenThenTheKeyIsNamed() {
        assertThatThrownBy(() -> MetricsServer.start(registry, server.port(), reason -> {}))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("metrics_port");
    }

    private void halfOpen(String from) throws Exception {
        // The first request loads classes, which is not to be measured.
        scrape(PATIENCE);
        for (int i = 0; i < HALF_OPEN; i++) {
            Socket socket = new Socket("127.0.0.1", server.port(), InetAddress.getByName(from), 0);
            socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII));
            sockets.add(socket);
        }
    }

    private HttpResponse<String> scrape(Duration within) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                .timeout(within)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
