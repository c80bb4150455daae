package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.WholeTopic;
import dev.weir.model.Activity;
import dev.weir.model.Topics;
import dev.weir.model.codec.ActivityCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counts of {@code weir.activity} after kills under load: every flow counts once, and the log says so. The system
 * property {@code weir.test.kills} sets the number of kills. Every other kill comes when a checkpoint is complete on
 * disk, so mostly before its transactions are committed or before that is recorded.
 */
class KillsTest {
    private static final long BEGAN_MS = 1_790_000_000_000L;
    private static final long STEP_MS = 10;
    private static final long LATER_MS = 3_600_000;
    private static final int BATCH = 5_000;
    private static final int SOURCES = 50;
    private static final int MAX_WAIT_MS = 3_000;
    private static final String FLOW =
            "{\"start_ms\":%1$d,\"end_ms\":%1$d,\"protocol\":\"TCP\",\"verdict\":\"FORWARDED\","
                    + "\"source\":{\"ip\":\"10.0.0.%2$d\",\"port\":%3$d},\"destination\":{\"ip\":\"10.1.0.1\",\"port\":80}}\n";

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(15);
    private Path flows;
    private Path config;
    private KafkaConfig kafka;
    private int written;

    @Test
    @Tag("long")
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void killsLeaveEveryFlowCountedOnce() throws Exception {
        countsOnceAfter(Integer.getInteger("weir.test.kills", 3));
    }

    private void countsOnceAfter(int kills) throws Exception {
        flows = Files.createFile(folder.resolve("flows.ndjson"));
        config = Files.writeString(folder.resolve("weir.yaml"), """
                data: %s
                kafka: {port: 0, partitions: 1}
                ingest:
                  netflow: {enabled: false}
                  logs: {paths: [%s]}
                analytics: {checkpoint_interval: 1s}
                alerting: {http: {port: 0}}
                """.formatted(folder.resolve("data"), flows));
        for (int kill = 0; kill < kills; kill++) {
            append();
            try (WeirProcess weir = start()) {
                long before = newestCheckpoint();
                append();
                if (kill % 2 == 0) {
                    await().atMost(WeirProcess.PATIENCE)
                            .pollInterval(Duration.ofMillis(1))
                            .until(() -> newestCheckpoint() > before);
                } else {
                    LockSupport.parkNanos(
                            Duration.ofMillis(random.nextInt(MAX_WAIT_MS)).toNanos());
                }
                weir.kill();
                assertHonest(weir);
            }
        }
        try (WeirProcess weir = start()) {
            int total = written;
            line(BEGAN_MS + written * STEP_MS + LATER_MS, 0);
            await().atMost(WeirProcess.PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> assertThat(counted()).isGreaterThanOrEqualTo(total));
            long checkpoint = newestCheckpoint();
            await().atMost(WeirProcess.PATIENCE).until(() -> newestCheckpoint() > checkpoint);
            assertThat(counted()).isEqualTo(total);
            assertThat(weir.terminate()).isIn(0, 143);
            assertHonest(weir);
        }
    }

    private static void assertHonest(WeirProcess weir) {
        assertThat(weir.errors()).doesNotContain("data loss", "was aborted after its checkpoint", " ERROR ");
    }

    private WeirProcess start() throws IOException {
        WeirProcess weir =
                WeirProcess.start(folder, "up", "--config", config.toString()).awaitReady();
        kafka = weir.kafka();
        return weir;
    }

    private void append() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < BATCH; i++, written++) {
            text.append(FLOW.formatted(
                    BEGAN_MS + written * STEP_MS, 1 + written % SOURCES, 10_000 + written / SOURCES % 50_000));
        }
        Files.writeString(flows, text, StandardOpenOption.APPEND);
    }

    private void line(long atMs, int source) throws IOException {
        Files.writeString(flows, FLOW.formatted(atMs, source, 9), StandardOpenOption.APPEND);
    }

    /** The time at which the newest checkpoint was complete on disk; 0 while there is none. */
    private long newestCheckpoint() {
        Path checkpoints = folder.resolve("data/checkpoints");
        if (!Files.isDirectory(checkpoints)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(checkpoints, 3)) {
            return all.filter(file -> file.endsWith("_metadata"))
                    .mapToLong(file -> file.toFile().lastModified())
                    .max()
                    .orElse(0);
        } catch (IOException | UncheckedIOException retiredMeanwhile) {
            return 0;
        }
    }

    /** The connections of committed activities, without those of the last line. */
    private long counted() {
        ActivityCodec codec = new ActivityCodec();
        LongAdder count = new LongAdder();
        WholeTopic.read(kafka, Topics.ACTIVITY.topic(), record -> {
            Activity activity = codec.decode(record.value());
            if (!"10.0.0.0".equals(activity.source().ip())) {
                count.add(activity.connections());
            }
        });
        return count.sum();
    }
}
