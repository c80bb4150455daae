package dev.weir.standalone;

import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.StateBackend;
import dev.weir.analytics.job.AnalyticsJob;
import dev.weir.analytics.job.FlinkSettings;
import dev.weir.analytics.job.InProcessSink;
import dev.weir.analytics.job.KafkaIo;
import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.publish.ContextPublisher;
import dev.weir.model.Alert;
import dev.weir.model.Flow;
import dev.weir.model.Topics;
import dev.weir.model.codec.FlowCodec;
import dev.weir.model.codec.Json;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import dev.weir.standalone.demo.Simulator;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same flows give the same alerts for any number of tasks, in any order of arrival, and after a restore. */
@Tag("long")
class ReplayTest {
    private static final long BEGAN = 1_790_000_000_000L;
    private static final int MINUTES = 120;
    private static final int BACKLOG_MINUTES = 2 * 24 * 60;
    private static final int PARTITIONS = 4;
    /** The disorder of the flows, below the job's bound for out-of-order flows of ten seconds. */
    private static final int DISORDER_MS = 8_000;

    private static final AnalyticsConfig CONFIG =
            AnalyticsConfig.defaults().atAnyTime().learning(Duration.ofMinutes(30));

    @TempDir
    Path folder;

    private EmbeddedBroker broker;
    private KafkaConfig kafka;
    private AnalyticsConfig config = CONFIG;
    private boolean isLive;

    /**
     * Publishes flows to three partitions.
     *
     * @param share of the flows that partition 0 gets; the others get equal parts of the rest
     */
    private void publish(Path data, List<Flow> flows, double share) throws Exception {
        broker = EmbeddedBroker.start(data, 0);
        kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
        TopicSetup.ensure(kafka, PARTITIONS, (short) 1);
        try (ContextPublisher context = new ContextPublisher(kafka, new IngestMetrics(new CollectorRegistry()))) {
            context.publish(new Simulator(5).context());
        }
        Random random = new Random(11);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Flow flow : shuffled(flows, random)) {
                int partition = random.nextDouble() < share ? 0 : 1 + random.nextInt(PARTITIONS - 1);
                sent.add(producer.send(
                        new ProducerRecord<>(Topics.FLOWS.topic(), partition, null, FlowCodec.encode(flow))));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    /** Two days of traffic, of which one minute in ten has its usual flows. */
    private static List<Flow> backlog() {
        Simulator simulator = new Simulator(5);
        List<Flow> flows = new ArrayList<>(simulator.everyEdge(BEGAN));
        for (int minute = 0; minute < BACKLOG_MINUTES; minute++) {
            long at = BEGAN + minute * MINUTE;
            if (minute % 10 == 0) {
                flows.addAll(simulator.usual(at, at + MINUTE));
            }
            if (minute % 240 == 100) {
                flows.addAll(simulator.forbiddenConnection(at));
            }
            if (minute % 1_440 == 1_300) {
                flows.addAll(simulator.newEdge(at + 10_000));
                flows.addAll(simulator.portScan(at + 20_000));
            }
        }
        return flows;
    }

    private static List<Flow> flows() {
        Simulator simulator = new Simulator(5);
        List<Flow> flows = new ArrayList<>(simulator.everyEdge(BEGAN));
        for (int minute = 0; minute < MINUTES; minute++) {
            long at = BEGAN + minute * MINUTE;
            flows.addAll(simulator.usual(at, at + MINUTE));
            if (minute % 15 == 14) {
                flows.addAll(simulator.everyEdge(at));
            }
            if (minute == 100) {
                flows.addAll(simulator.forbiddenConnection(at));
                flows.addAll(simulator.newEdge(at + 10_000));
                flows.addAll(simulator.portScan(at + 20_000));
            }
        }
        return flows;
    }

    /** Delays each flow by a random time. */
    private static List<Flow> shuffled(List<Flow> flows, Random random) {
        record Arrival(long ms, Flow flow) {}
        return flows.stream()
                .map(flow -> new Arrival(flow.startMs() + random.nextInt(DISORDER_MS), flow))
                .sorted(Comparator.comparingLong(Arrival::ms))
                .map(Arrival::flow)
                .toList();
    }

    @Test
    void backlogIsReadUnevenlyThenAlertsAreTheSame() throws Exception {
        publish(folder.resolve("uneven"), backlog(), 0.7);
        isLive = true;
        Map<String, ObjectNode> one = run(1);
        assertThat(one.values())
                .extracting(alert -> alert.path("detector").asText())
                .contains("policy-denied", "port-scan");
        afterARestore(4, 2, one);
    }

    @Test
    void alertsDependNeitherOnParallelismNorOnARestore() throws Exception {
        publish(folder.resolve("kafka"), flows(), 1.0 / PARTITIONS);
        Map<String, ObjectNode> one = run(1);
        assertThat(one.values())
                .extracting(alert -> alert.path("detector").asText())
                .contains("policy-bypass", "policy-denied", "port-scan", "new-edge");
        assertThat(run(2)).isEqualTo(one);
        assertThat(run(4)).isEqualTo(one);
        afterARestore(2, 4, one);
        config = CONFIG.keeping(StateBackend.HEAP);
        afterARestore(4, 2, one);
    }

    private Map<String, ObjectNode> run(int parallelism) throws Exception {
        Map<String, Alert> alerts = new ConcurrentHashMap<>();
        environment(parallelism, alerts, FlinkSettings.streaming(config, folder.resolve("run-" + parallelism)))
                .execute();
        return comparable(alerts);
    }

    /** Cancels the job after a checkpoint in the middle, and restores it with another number of tasks. */
    private void afterARestore(int before, int after, Map<String, ObjectNode> expected) throws Exception {
        Map<String, Alert> alerts = new ConcurrentHashMap<>();
        Path checkpoints = folder.resolve("restored-" + config.state());
        Configuration first = FlinkSettings.streaming(config, checkpoints);
        first.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(300));
        JobClient job = environment(before, alerts, first).executeAsync();
        await().atMost(WeirProcess.PATIENCE).until(() -> checkpoint(checkpoints).isPresent());
        cancel(job);
        assertThat(comparable(alerts)).as("it is in the middle").isNotEqualTo(expected);
        Configuration second = FlinkSettings.streaming(config, checkpoints);
        second.set(
                StateRecoveryOptions.SAVEPOINT_PATH,
                checkpoint(checkpoints).orElseThrow().toUri().toString());
        JobClient again = environment(after, alerts, second).executeAsync();
        await().atMost(WeirProcess.PATIENCE).until(() -> alerts.size() >= expected.size());
        await().atMost(WeirProcess.PATIENCE)
                .untilAsserted(() -> assertThat(comparable(alerts)).isEqualTo(expected));
        cancel(again);
    }

    private static void cancel(JobClient job) throws Exception {
        job.cancel().get();
        await().atMost(WeirProcess.PATIENCE).until(() -> hasEnded(job));
    }

    private static boolean hasEnded(JobClient job) throws Exception {
        try {
            return job.getJobStatus().get().isTerminalState();
        } catch (IllegalStateException gone) {
            // With its job the mini cluster ends.
            return true;
        }
    }

    private static Optional<Path> checkpoint(Path folder) throws Exception {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(folder, 3)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .max(Comparator.comparing(Path::toString))
                    .map(Path::getParent);
        }
    }

    private StreamExecutionEnvironment environment(int parallelism, Map<String, Alert> alerts, Configuration settings) {
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, settings);
        AnalyticsJob.define(
                env,
                new AnalyticsJob.Sources(
                        KafkaIo.presentFlows(kafka),
                        KafkaIo.presentContext(kafka),
                        KafkaIo.sources(kafka).loader(),
                        KafkaIo.presentFeedback(kafka)),
                new AnalyticsJob.Sinks(
                        new InProcessSink<>(alert -> alerts.merge(
                                alert.id(), alert, (known, next) -> next.supersedes(known) ? next : known)),
                        new InProcessSink<>(activity -> {}),
                        new InProcessSink<>(baseline -> {}),
                        new InProcessSink<>(rejected -> {})),
                config,
                isLive);
        return env;
    }

    /** The alerts without their revision, which depends on the order in which findings arrived. */
    private static Map<String, ObjectNode> comparable(Map<String, Alert> alerts) {
        Map<String, ObjectNode> comparable = new TreeMap<>();
        alerts.forEach((id, alert) -> {
            ObjectNode copy = Json.MAPPER.valueToTree(alert);
            copy.remove("revision");
            comparable.put(id, copy);
        });
        return comparable;
    }
}
