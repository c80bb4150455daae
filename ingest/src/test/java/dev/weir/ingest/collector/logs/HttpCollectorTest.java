package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.publish.SpoolConfig;
import dev.weir.ingest.publish.SpooledFlows;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Posts flows without Kafka: acknowledged flows are on disk. */
class HttpCollectorTest {
    private static final String FLOW =
            "{\"start_ms\":1,\"source\":{\"ip\":\"10.0.0.1\"},\"destination\":{\"ip\":\"10.0.0.2\"},\"protocol\":\"TCP\"}\n";
    private static final int MAX = 100_000;

    private final Path folder;
    private final IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());
    private final AtomicLong lag = new AtomicLong();
    private SpooledFlows spool;
    private HttpCollector collector;

    HttpCollectorTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void start() {
        spool = new SpooledFlows(
                new KafkaConfig("127.0.0.1:1", Map.of()),
                new SpoolConfig(folder.toString(), 16L << 20, null),
                InstantSource.system(),
                metrics);
        collector = new HttpCollector(
                new HttpConfig(true, null, 0, "secret", null, MAX, null),
                () -> new FlowPipeline(
                        "logs", FlowStages.NONE, FlowClock.arrival(InstantSource.system()), spool::put, metrics),
                spool,
                lag::get,
                metrics);
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    @Test
    void validLinesAreAcceptedAndErrorsListed() throws Exception {
        HttpResponse<String> answer = post(bytes(FLOW + "{\"start_ms\":true}\n" + FLOW), null, "secret", "");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("{\"accepted\":2,\"rejected\":1,\"problems\":[\"request:2: start_ms");
        assertThat(post(gzip(FLOW), "gzip", "secret", "?format=weir").body()).contains("\"accepted\":1");
        assertThat(post(bytes("hello\n"), null, "secret", "").statusCode()).isEqualTo(400);
        assertThat(spool.hasRoom((16L << 20) - 100))
                .as("three flows are on disk")
                .isFalse();
    }

    @Test
    void senderWaitsWhileManyFlowsAreUnjudged() throws Exception {
        lag.set(1_000_000);
        CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return post(bytes(FLOW), null, "secret", "");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        assertThat(answer).isNotDone();
        lag.set(0);
        assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(metrics.requestsSlowed.get()).isPositive();
    }

    @Test
    void requestWithoutTokenIsRefused() throws Exception {
        assertThat(post(bytes(FLOW), null, "wrong", "").statusCode()).isEqualTo(401);
        assertThat(post(bytes(FLOW), null, null, "").statusCode()).isEqualTo(401);
        assertThatThrownBy(() -> new HttpConfig(true, "0.0.0.0", 0, null, null, null, null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is not loopback, so it needs a token");
    }

    @Test
    void oversizedOrMislabelledBodyIsRefused() throws Exception {
        assertThat(post(bytes("x".repeat(MAX + 1)), null, "secret", "").statusCode())
                .isEqualTo(413);
        assertThat(post(gzip("x".repeat(4 * MAX + 1)), "gzip", "secret", "").statusCode())
                .isEqualTo(413);
        assertThat(post(bytes(FLOW), "gzip", "secret", "").statusCode()).isEqualTo(400);
        assertThat(post(bytes(FLOW), "br", "secret", "").statusCode()).isEqualTo(415);
        assertThat(post(bytes(FLOW), null, "secret", "?format=nonsense").statusCode())
                .isEqualTo(400);
    }

    @Test
    void bodyOfInvalidLinesIsNotReadToTheEnd() throws Exception {
        HttpResponse<String> answer = post(gzip("x\n".repeat(2 * MAX)), "gzip", "secret", "");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"rejected\":10000")
                .contains("the lines after the first 10000 invalid ones were not read");
    }

    @Test
    void fullSpoolAsksToRetry() throws Exception {
        byte[] many = bytes(FLOW.repeat(MAX / FLOW.length()));
        HttpResponse<String> answer = post(many, null, "secret", "");
        int taken = 0;
        while (answer.statusCode() == 200 && taken < 1_000) {
            taken++;
            answer = post(many, null, "secret", "");
        }
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("10");
    }

    private HttpResponse<String> post(byte[] body, String encoding, String token, String query)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + collector.port() + HttpCollector.PATH + query))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (encoding != null) {
            request.header("Content-Encoding", encoding);
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes(text));
        }
        return out.toByteArray();
    }
}
