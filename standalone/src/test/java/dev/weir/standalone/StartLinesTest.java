package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines that {@code weir up} prints at its start. */
class StartLinesTest {
    @TempDir
    Path folder;

    @Test
    void startNamesApiMetricsFlowsAndKafka() throws Exception {
        Path config = Files.writeString(folder.resolve("weir.yaml"), """
                data: %s
                kafka: {port: 0}
                ingest:
                  netflow: {enabled: false}
                  logs: {http: {enabled: true, port: 0}}
                alerting: {http: {port: 0}}
                """.formatted(folder.resolve("data")));
        try (WeirProcess weir =
                WeirProcess.start(folder, "up", "--config", config.toString()).awaitReady()) {
            String base = "http://" + weir.address();
            assertThat(weir.output().lines().dropWhile(line -> !line.startsWith("API")))
                    .containsExactly(
                            "API       " + base + "/api/v1/alerts",
                            "Metrics   " + base + "/metrics",
                            "NetFlow   off (ingest.netflow.enabled is false)",
                            "HTTP      POST http://127.0.0.1:" + weir.httpPort() + "/v1/flows",
                            "Kafka     " + weir.kafka().bootstrapServers(),
                            "ready");
        }
    }
}
