package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.config.KafkaConfig;
import dev.weir.model.codec.Json;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flows keep coming while Kafka is away and while ingest is killed, once in the outage and once while it sends the
 * backlog: every acknowledged flow arrives once and in order. The system property {@code weir.test.away.seconds} sets
 * the length of the outage.
 */
class KafkaAwayTest {
    private static final int RATE = 20_000;
    private static final int BATCH = 5_000;
    private static final long BEGAN = 1_790_000_000_000L;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private final BitSet acknowledged = new BitSet();
    private int kafkaPort;
    private int httpPort;
    private int metricsPort;
    private int next;

    @Test
    void acknowledgedFlowsArriveOnce() throws Exception {
        int away = Integer.getInteger("weir.test.away.seconds", 15);
        EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
        kafkaPort = broker.port();
        KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
        TopicSetup.ensure(kafka, 2, (short) 1);

        try (WeirProcess first = ingest()) {
            send(5);
            broker.close();
            send(away / 2);
            postWithoutWaiting();
            first.kill();
        }
        try (WeirProcess second = ingest()) {
            send(away - away / 2);
            broker = EmbeddedBroker.start(folder.resolve("kafka"), kafkaPort);
            await().atMost(PATIENCE).until(() -> published() > 0);
            second.kill();
        }
        try (WeirProcess third = ingest()) {
            send(1);
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> published() > 0 && spooled() == 0);
            assertThat(third.terminate()).isIn(0, 143);
        }
        assertOnceAndInOrder(kafka);
        broker.close();
    }

    private WeirProcess ingest() throws IOException {
        Path config =
                Files.writeString(folder.resolve("ingest.yaml"), """
                metrics_port: 0
                kafka:
                  bootstrap_servers: localhost:%d
                ingest:
                  netflow:
                    enabled: false
                  logs:
                    http:
                      enabled: true
                      port: 0
                  spool:
                    path: %s
                """.formatted(kafkaPort, folder.resolve("spool")));
        WeirProcess process = WeirProcess.start(folder, "ingest", "--config", config.toString())
                .awaitReady();
        httpPort = process.httpPort();
        metricsPort = process.metricsPort();
        return process;
    }

    /** Sends for a number of seconds, and keeps the acknowledged flows. */
    private void send(int seconds) throws Exception {
        long began = System.nanoTime();
        for (int sent = 0; sent < seconds * RATE; sent += BATCH) {
            int from = next;
            HttpResponse<String> answer = HTTP.send(batch(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode answered = Json.MAPPER.readTree(answer.body());
            assertThat(answered.path("accepted").asInt()).isEqualTo(BATCH);
            acknowledged.set(from, next);
            long due = began + (long) ((sent + BATCH) * 1e9 / RATE);
            Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
        }
    }

    /** Sends a request without waiting for its answer. */
    private void postWithoutWaiting() {
        var unused = HTTP.sendAsync(batch(), HttpResponse.BodyHandlers.discarding());
    }

    private HttpRequest batch() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < BATCH; i++, next++) {
            lines.append("{\"start_ms\":")
                    .append(BEGAN + next)
                    .append(",\"protocol\":\"TCP\",\"source\":{\"ip\":\"10.0.")
                    .append(next / 50_000)
                    .append(".1\",\"port\":")
                    .append(10_000 + next % 50_000)
                    .append(
                            ",\"bytes\":100,\"packets\":3},\"destination\":{\"ip\":\"10.1.0.1\",\"port\":80,\"bytes\":9,\"packets\":2}}\n");
        }
        return HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort + "/v1/flows"))
                .POST(HttpRequest.BodyPublishers.ofString(lines.toString(), StandardCharsets.UTF_8))
                .build();
    }

    private long published() throws Exception {
        return metric("weir_ingest_flows_published_total");
    }

    private long spooled() throws Exception {
        return metric("weir_ingest_spool_bytes");
    }

    private long metric(String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + metricsPort + "/metrics"))
                .build();
        String text = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return (long) text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void assertOnceAndInOrder(KafkaConfig kafka) {
        BitSet arrived = new BitSet();
        int[] last = {-1, -1};
        int[] twice = {0};
        int[] outOfOrder = {0};
        PublishedFlows.forEach(kafka, (partition, flow) -> {
            int number = (int) (flow.startMs() - BEGAN);
            twice[0] += arrived.get(number) ? 1 : 0;
            arrived.set(number);
            outOfOrder[0] += number < last[partition] ? 1 : 0;
            last[partition] = number;
        });
        BitSet lost = (BitSet) acknowledged.clone();
        lost.andNot(arrived);
        assertThat(lost.cardinality()).as("acknowledged and lost").isZero();
        assertThat(twice[0]).as("published twice").isZero();
        assertThat(outOfOrder[0]).as("out of order").isZero();
        assertThat(acknowledged.cardinality()).isGreaterThan(RATE);
    }
}
