package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of 400 MB that fills up under {@code weir up}; needs root, for {@code mount}. */
@Tag("long")
class DiskFullTest {
    private static final long BEGAN_MS = 1_790_000_000_000L;
    private static final int BATCH = 500;
    private static final long MB = 1 << 20;
    private static final int TAKEN = 200;
    private static final int NO_ROOM = 503;

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final BitSet accepted = new BitSet();
    private Path disk;
    private Path config;
    private int httpPort;
    private int next;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectories(folder.resolve("disk"));
        RequiredPrograms.run("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", disk.toString());
        config = Files.writeString(folder.resolve("weir.yaml"), """
                data: %s
                kafka: {port: 0}
                ingest:
                  netflow: {enabled: false}
                  logs: {http: {enabled: true, port: 0}}
                  spool: {keep_free: 40}
                analytics: {checkpoint_interval: 1s}
                alerting: {http: {port: 0}}
                """.formatted(disk.resolve("data")));
    }

    @AfterEach
    void unmount() throws Exception {
        RequiredPrograms.run("umount", "-l", disk.toString());
    }

    @Test
    void acceptedFlowsAreCountedOnceAfterAFullDisk() throws Exception {
        Path filler = disk.resolve("filler");
        try (WeirProcess weir = start()) {
            assertThat(post()).isEqualTo(TAKEN);
            fill(filler, 100 * MB);
            await().atMost(WeirProcess.PATIENCE)
                    .untilAsserted(() -> assertThat(post()).isEqualTo(NO_ROOM));
            assertThat(weir.text("/metrics")).containsPattern("weir_ingest_disk_room_bytes -\\d");
            assertThat(weir.errors()).contains("are kept free: flows are refused until there is room");
            Files.delete(filler);
            await().atMost(WeirProcess.PATIENCE)
                    .untilAsserted(() -> assertThat(post()).isEqualTo(TAKEN));
            fill(filler, 0);
            // Another process has filled the rest; the broker may end the process because of it.
            weir.kill();
        }
        Files.delete(filler);
        try (WeirProcess weir = start()) {
            assertThat(post()).isEqualTo(TAKEN);
            await().atMost(WeirProcess.PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> assertThat(published(weir.kafka())).isEqualTo(accepted));
            assertThat(weir.terminate()).isIn(0, 143);
        }
    }

    private WeirProcess start() throws IOException {
        WeirProcess weir =
                WeirProcess.start(folder, "up", "--config", config.toString()).awaitReady();
        httpPort = weir.httpPort();
        return weir;
    }

    private int post() throws IOException, InterruptedException {
        StringBuilder lines = new StringBuilder();
        int from = next;
        for (int i = 0; i < BATCH; i++, next++) {
            lines.append(
                    ("{\"start_ms\":%d,\"protocol\":\"TCP\",\"verdict\":\"FORWARDED\",\"source\":{\"ip\":\"10.0.0.1\",\"port\":%d},"
                                    + "\"destination\":{\"ip\":\"10.1.0.1\",\"port\":80}}\n")
                            .formatted(BEGAN_MS + next, 1_024 + next % 60_000));
        }
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + httpPort + "/v1/flows"))
                        .POST(HttpRequest.BodyPublishers.ofString(lines.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == TAKEN) {
            assertThat(Json.MAPPER.readTree(answer.body()).path("accepted").asInt())
                    .isEqualTo(BATCH);
            accepted.set(from, next);
        }
        return answer.statusCode();
    }

    /** The numbers of all published flows; fails when a number occurs twice. */
    private BitSet published(KafkaConfig kafka) {
        BitSet found = new BitSet();
        PublishedFlows.forEach(kafka, (partition, flow) -> {
            int number = Math.toIntExact(flow.startMs() - BEGAN_MS);
            assertThat(found.get(number))
                    .as("flow %d is published twice", number)
                    .isFalse();
            found.set(number);
        });
        return found;
    }

    /** Writes until only the given number of bytes is left. */
    private void fill(Path file, long left) throws IOException {
        byte[] some = new byte[(int) MB];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (Files.getFileStore(disk).getUsableSpace() > left) {
                out.write(some);
            }
        } catch (IOException full) {
            assertThat(left).as(full.getMessage()).isZero();
        }
    }
}
