package dev.weir.standalone;

import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.standalone.demo.Demo;
import dev.weir.standalone.demo.Simulator;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compose file's services, from posted flows to a message in Slack: undisturbed, and with each process killed. */
@Tag("long")
class ComposeStackTest {
    private static final long BEGAN = 1_790_000_000_000L;
    private static final int CHUNK_MINUTES = 10;
    private static final int CHUNKS = 12;
    private static final int EXPECTED_ALERTS = 4;
    private static final Map<String, String> QUICK =
            Map.of("WEIR_ANALYTICS_CHECKPOINT_INTERVAL", "2s", "WEIR_ANALYTICS_DETECTORS_NEW_EDGE_LEARN", "30m");

    private static List<byte[]> chunks;

    @TempDir
    Path folder;

    /**
     * The state that an observer sees at the end.
     *
     * @param notified titles of the alerts in Slack's messages
     */
    private record Outcome(Map<String, JsonNode> alerts, List<String> notified, List<String> baselines) {}

    @BeforeAll
    static void record() throws Exception {
        Simulator simulator = new Simulator(7);
        chunks = new ArrayList<>();
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (chunk == 0) {
                SimulatedLines.write(out, simulator.everyEdge(BEGAN));
            }
            for (int minute = chunk * CHUNK_MINUTES; minute < (chunk + 1) * CHUNK_MINUTES; minute++) {
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
            chunks.add(out.toByteArray());
        }
    }

    @BeforeEach
    void requireNamespaces() throws Exception {
        RequiredPrograms.require("ip");
    }

    @Test
    void killsRescaleAndUpgradeChangeNothing() throws Exception {
        Outcome undisturbed;
        try (ComposeStack stack = started("calm")) {
            for (byte[] chunk : chunks) {
                stack.post(chunk);
            }
            undisturbed = settled(stack);
            assertRulesAskForMetricsThatThereAre(stack);
            assertThat(stack.metrics("ingest", 9101)).contains("weir_ingest_flows_published_total");
            assertThat(stack.metrics("alerting-1", 8080)).contains("weir_alerting_");
        }
        assertThat(undisturbed.alerts()).hasSize(EXPECTED_ALERTS);
        assertThat(undisturbed.baselines()).isNotEmpty();
        try (ComposeStack stack = started("killed")) {
            int next = 0;
            for (String name : stack.names()) {
                stack.post(chunks.get(next++));
                stack.kill(name);
                stack.start(name);
                stack.awaitHealthy();
            }
            stack.post(chunks.get(next++));
            rescale(stack);
            stack.post(chunks.get(next++));
            upgrade(stack);
            while (next < CHUNKS) {
                stack.post(chunks.get(next++));
            }
            await().atMost(ComposeStack.PATIENCE)
                    .untilAsserted(() -> assertThat(alerts(stack)).isEqualTo(undisturbed.alerts()));
            Outcome disturbed = settled(stack);
            assertThat(disturbed.alerts()).isEqualTo(undisturbed.alerts());
            assertThat(disturbed.baselines()).isEqualTo(undisturbed.baselines());
            assertThat(disturbed.notified())
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(undisturbed.notified());
            assertThat(stack.log("jobmanager"))
                    .contains("starting with empty state: there is no checkpoint")
                    .contains("resuming from file:");
        }
    }

    /**
     * Rescales from two tasks to four by a savepoint and a changed setting, as docs/how-to/docker-compose.md describes.
     */
    private static void rescale(ComposeStack stack) throws Exception {
        String job = stack.flink("/jobs").at("/jobs/0/id").asText();
        String trigger = stack.postToFlink("/jobs/" + job + "/savepoints", "{\"cancel-job\": false}")
                .path("request-id")
                .asText();
        await().atMost(ComposeStack.PATIENCE).until(() -> stack.flink("/jobs/" + job + "/savepoints/" + trigger)
                .at("/status/id")
                .asText()
                .equals("COMPLETED"));
        stack.stop("jobmanager");
        stack.setAnalytics("WEIR_ANALYTICS_PARALLELISM", "4");
        stack.start("jobmanager");
        stack.awaitHealthy();
        JsonNode jobs = stack.flink("/jobs").path("jobs");
        JsonNode vertices =
                stack.flink("/jobs/" + jobs.get(0).path("id").asText()).path("vertices");
        assertThat(vertices).anyMatch(vertex -> vertex.path("parallelism").asInt() == 4);
    }

    /** Restarts with a job jar of other bytes. */
    private static void upgrade(ComposeStack stack) throws Exception {
        List<String> flink = List.of("jobmanager", "taskmanager-1", "taskmanager-2");
        for (String name : flink) {
            stack.stop(name);
        }
        try (Stream<Path> jars = Files.list(stack.jobJars())) {
            Path jar = jars.filter(file -> file.getFileName().toString().endsWith("-job.jar"))
                    .findFirst()
                    .orElseThrow();
            try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
                Files.writeString(zip.getPath("/META-INF/next-release"), "2");
            }
        }
        for (String name : flink) {
            stack.start(name);
        }
        stack.awaitHealthy();
    }

    /** Every metric of Flink that an alerting rule or a dashboard names is one that the processes export. */
    private static void assertRulesAskForMetricsThatThereAre(ComposeStack stack) throws Exception {
        String exported = stack.metrics("jobmanager", 9249)
                + stack.metrics("taskmanager-1", 9249)
                + stack.metrics("taskmanager-2", 9249);
        Matcher named = Pattern.compile("flink_[a-zA-Z_]+")
                .matcher(Files.readString(ComposeFile.ROOT.resolve("deploy/prometheus/rules.yml")));
        int count = 0;
        while (named.find()) {
            assertThat(exported).contains("\n" + named.group() + "{");
            count++;
        }
        assertThat(count).isPositive();
    }

    private ComposeStack started(String name) throws Exception {
        ComposeStack stack = new ComposeStack(Files.createDirectories(folder.resolve(name)), QUICK);
        try {
            PrintWriter silent = new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            new Demo(7, InstantSource.system(), silent).describe(stack.manifests());
            stack.start();
            return stack;
        } catch (Exception | Error e) {
            stack.close();
            throw e;
        }
    }

    /** The state once it has stopped changing. */
    private static Outcome settled(ComposeStack stack) throws Exception {
        // A further alert of a notified incident waits for its group's interval.
        await().atMost(ComposeStack.PATIENCE)
                .until(() -> alerts(stack).size() >= EXPECTED_ALERTS
                        && outcome(stack).notified().size() >= EXPECTED_ALERTS - 1);
        Outcome[] last = {outcome(stack)};
        await().atMost(ComposeStack.PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .during(Duration.ofSeconds(10))
                .until(() -> {
                    Outcome now = outcome(stack);
                    boolean same = now.equals(last[0]);
                    last[0] = now;
                    return same;
                });
        return last[0];
    }

    private static Outcome outcome(ComposeStack stack) throws Exception {
        List<String> notified = stack.slack().messages().stream()
                .flatMap(CrashTest::notified)
                .filter(title -> !title.contains("is denied by policy"))
                .sorted()
                .toList();
        List<String> baselines = new ArrayList<>();
        stack.api("/api/v1/baselines?limit=1000").path("baselines").forEach(each -> baselines.add(each.toString()));
        return new Outcome(alerts(stack), notified, baselines);
    }

    /** The alerts by id, without fields that depend on the order in which findings arrived. */
    private static Map<String, JsonNode> alerts(ComposeStack stack) throws Exception {
        Map<String, JsonNode> alerts = new TreeMap<>();
        for (JsonNode alert : stack.api("/api/v1/alerts?limit=1000").path("alerts")) {
            alerts.put(alert.path("id").asText(), CrashTest.comparable(alert));
        }
        return alerts;
    }
}
