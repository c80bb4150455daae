package dev.weir.standalone;

import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.standalone.demo.Demo;
import dev.weir.standalone.demo.Simulator;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State after a kill -9 in the middle of a replay. */
class CrashTest {
    private static final long BEGAN = 1_790_000_000_000L;
    private static final int MINUTES = 120;
    private static final int EXPECTED_ALERTS = 4;

    @TempDir
    Path folder;

    private Path replay;
    private Path manifests;

    @BeforeEach
    void record() throws Exception {
        manifests = folder.resolve("manifests");
        new Demo(
                        7,
                        InstantSource.system(),
                        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .describe(manifests);
        replay = folder.resolve("flows.ndjson");
        Simulator simulator = new Simulator(7);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(replay))) {
            SimulatedLines.write(out, simulator.everyEdge(BEGAN));
            for (int minute = 0; minute < MINUTES; minute++) {
                long at = BEGAN + minute * MINUTE;
                SimulatedLines.write(out, simulator.usual(at, at + MINUTE));
                if (minute % 60 == 40) {
                    SimulatedLines.write(out, simulator.forbiddenConnection(at + MINUTE));
                }
                if (minute == 100) {
                    SimulatedLines.write(out, simulator.portScan(at + MINUTE));
                    SimulatedLines.write(out, simulator.newEdge(at + MINUTE));
                }
            }
        }
    }

    @Test
    void alertsEqualAnUndisturbedRunNotifiedOnce() throws Exception {
        Map<String, JsonNode> undisturbed;
        try (FakeSlack slack = new FakeSlack();
                WeirProcess weir = WeirProcess.start(folder, "up", "--config", config("calm", slack))
                        .awaitReady()) {
            assertThat(weir.addressesOpenToOthers()).isEmpty();
            awaitReplayed(weir);
            undisturbed = settled(weir);
            assertThat(undisturbed).hasSize(EXPECTED_ALERTS);
            assertThat(weir.terminate()).isIn(0, 143);
            assertThat(weir.output() + weir.errors()).as("it ends in order").doesNotContain("already closed");
        }
        try (FakeSlack slack = new FakeSlack(List.of(500, 0, 429, 200, 200))) {
            String config = config("crash", slack);
            try (WeirProcess weir =
                    WeirProcess.start(folder, "up", "--config", config).awaitReady()) {
                await().atMost(WeirProcess.PATIENCE).until(() -> !weir.alerts().isEmpty());
                weir.kill();
            }
            try (WeirProcess weir =
                    WeirProcess.start(folder, "up", "--config", config).awaitReady()) {
                awaitReplayed(weir);
                await().atMost(WeirProcess.PATIENCE)
                        .untilAsserted(() -> assertThat(comparable(weir)).isEqualTo(undisturbed));
                // A further alert of a notified incident is sent after the group's interval.
                await().atMost(WeirProcess.PATIENCE).until(() -> notified(slack).size() >= EXPECTED_ALERTS - 1);
                await().atMost(WeirProcess.PATIENCE).until(() -> weir.text("/metrics")
                        .contains("weir_alerting_outbox_waiting{receiver=\"slack\",} 0.0"));
            }
            assertThat(notified(slack)).doesNotHaveDuplicates().hasSize(EXPECTED_ALERTS - 1);
        }
    }

    private static List<String> notified(FakeSlack slack) {
        return slack.messages().stream()
                .flatMap(CrashTest::notified)
                .filter(title -> !title.contains("is denied by policy"))
                .toList();
    }

    /** The titles of the alerts in a message: the headline's, or one for each line. */
    static Stream<String> notified(JsonNode message) {
        JsonNode blocks = message.at("/attachments/0/blocks");
        String text = blocks.at("/1/text/text").asText();
        return text.startsWith("•")
                ? text.lines().filter(line -> line.startsWith("•")).map(line -> line.replaceFirst("• \\*\\w+\\* ", ""))
                : Stream.of(blocks.at("/0/text/text").asText().replaceFirst("^Update: ", ""));
    }

    /** Waits until the job has judged the whole file and stored its alerts. */
    private static void awaitReplayed(WeirProcess weir) {
        await().atMost(WeirProcess.PATIENCE).until(() -> weir.alerts().size() >= EXPECTED_ALERTS);
    }

    /** The alerts, once they have stopped changing. */
    private static Map<String, JsonNode> settled(WeirProcess weir) throws Exception {
        await().atMost(WeirProcess.PATIENCE).during(Duration.ofSeconds(5)).until(new Callable<Boolean>() {
            private Map<String, JsonNode> before = Map.of();

            @Override
            public Boolean call() throws Exception {
                Map<String, JsonNode> now = comparable(weir);
                boolean same = now.equals(before);
                before = now;
                return same;
            }
        });
        return comparable(weir);
    }

    /** The alerts without fields that depend on the order in which findings arrived: revision and samples. */
    private static Map<String, JsonNode> comparable(WeirProcess weir) throws Exception {
        return weir.alerts().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> comparable(entry.getValue()), (a, b) -> a, TreeMap::new));
    }

    static JsonNode comparable(JsonNode alert) {
        ObjectNode copy = alert.deepCopy();
        copy.remove("revision");
        ((ObjectNode) copy.path("evidence")).remove("flows");
        return copy;
    }

    private String config(String name, FakeSlack slack) throws Exception {
        String yaml = """
                data: %s
                kafka: {port: 0}
                ingest:
                  netflow: {enabled: false}
                  manifests: {path: %s}
                  logs: {paths: [%s]}
                analytics:
                  checkpoint_interval: 1s
                  detectors: {new_edge: {learn: 30m}}
                alerting:
                  http: {port: 0}
                  slack: {webhook_url: "%s"}
                """.formatted(folder.resolve(name), manifests, replay, slack.url());
        return Files.writeString(folder.resolve(name + ".yaml"), yaml).toString();
    }
}
