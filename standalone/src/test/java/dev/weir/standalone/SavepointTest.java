package dev.weir.standalone;

import static dev.weir.common.Millis.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.StateBackend;
import dev.weir.analytics.job.AnalyticsJob;
import dev.weir.analytics.job.FlinkSettings;
import dev.weir.analytics.job.InProcessSink;
import dev.weir.analytics.job.KafkaIo;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.model.Alert;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Rejected;
import dev.weir.model.Topics;
import dev.weir.model.codec.FlowCodec;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Savepoints of earlier builds are restored. Each stays in the resources for as long as its state version is read;
 * {@link #main} writes that of a new version. {@code v3} is the first of version 3, {@code v3-open} has the second form
 * of keys, and an edge in an open slice that nothing is known of.
 */
class SavepointTest {
    private static final Path SAVEPOINTS = Path.of("src/test/resources/savepoints");
    private static final long BEGAN = 1_790_000_000_000L;
    private static final int LEARNED_MINUTES = 45;
    private static final int EDGES = 20;
    private static final int SCANNED_PORTS = 60;
    private static final int LEARNED = LEARNED_MINUTES * EDGES + SCANNED_PORTS + EDGES;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final AnalyticsConfig CONFIG =
            AnalyticsConfig.defaults().atAnyTime().learning(Duration.ofMinutes(30));

    private final Map<String, Alert> alerts = new ConcurrentHashMap<>();
    private final Queue<Rejected> rejected = new ConcurrentLinkedQueue<>();

    @TempDir
    Path folder;

    /** The job reads on after the learned flows, of which it knows nothing but its state. */
    @ParameterizedTest
    @CsvSource({"v3,HEAP", "v3,ROCKSDB", "v3-open,HEAP", "v3-open,ROCKSDB"})
    void stateOfAnEarlierBuildIsKnown(String savepoint, StateBackend backend) throws Exception {
        boolean hasOpenEdge = savepoint.endsWith("-open");
        List<byte[]> values = new ArrayList<>(IntStream.range(0, LEARNED + (hasOpenEdge ? 1 : 0))
                .mapToObj(i -> new byte[] {1})
                .toList());
        long from = BEGAN + (LEARNED_MINUTES + 5) * MINUTE;
        values.add(FlowCodec.encode(flow(from, "client-2", "server-2", 1)));
        for (int minute = 0; minute < 4; minute++) {
            values.addAll(minute(from + minute * MINUTE));
            values.add(FlowCodec.encode(flow(from + minute * MINUTE, "client-1", "stranger", 443)));
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
            KafkaConfig kafka = publish(broker, values);
            Configuration settings =
                    FlinkSettings.streaming(CONFIG.keeping(backend), Files.createDirectories(folder.resolve("new")));
            settings.set(
                    StateRecoveryOptions.SAVEPOINT_PATH,
                    SAVEPOINTS.resolve(savepoint).toAbsolutePath().toUri().toString());
            JobClient job = start(kafka, settings);
            await().atMost(PATIENCE).until(() -> newEdges().size() >= (hasOpenEdge ? 3 : 2));
            job.cancel().get();
        }
        assertThat(rejected).isEmpty();
        Map<String, Alert> found = newEdges();
        assertThat(found)
                .as("baselines, of which these are no members")
                .containsOnlyKeys(
                        hasOpenEdge
                                ? List.of("stranger:443", "server-2:1", "stranger-2:443")
                                        .toArray(String[]::new)
                                : new String[] {"stranger:443", "server-2:1"});
        assertThat(Objects.requireNonNull(found.get("server-2:1")).firstSeenMs())
                .as("the alert goes on that began before the savepoint")
                .isEqualTo(BEGAN + LEARNED_MINUTES * MINUTE);
    }

    /** The alerts about new edges, by workload and port of the destination. */
    private Map<String, Alert> newEdges() {
        return alerts.values().stream()
                .filter(alert -> alert.detector().equals("new-edge"))
                .collect(Collectors.toMap(
                        alert -> Objects.requireNonNull(alert.destination()).workload() + ":"
                                + alert.ports().get(0),
                        alert -> alert));
    }

    /**
     * Writes the savepoint of this build.
     *
     * @param args the new folder
     */
    public static void main(String[] args) throws Exception {
        SavepointTest test = new SavepointTest();
        Path folder = Files.createTempDirectory("weir-savepoint-");
        List<byte[]> values = new ArrayList<>();
        for (int minute = 0; minute < LEARNED_MINUTES; minute++) {
            values.addAll(minute(BEGAN + minute * MINUTE));
        }
        for (int port = 1; port <= SCANNED_PORTS; port++) {
            values.add(FlowCodec.encode(flow(BEGAN + LEARNED_MINUTES * MINUTE, "client-2", "server-2", port)));
        }
        values.addAll(minute(BEGAN + (LEARNED_MINUTES + 1) * MINUTE));
        values.add(FlowCodec.encode(flow(BEGAN + (LEARNED_MINUTES + 1) * MINUTE, "client-3", "stranger-2", 443)));
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
            KafkaConfig kafka = publish(broker, values);
            JobClient job = test.start(kafka, FlinkSettings.streaming(CONFIG, folder.resolve("checkpoints")));
            await().atMost(PATIENCE).until(() -> !test.alerts.isEmpty());
            String written = job.stopWithSavepoint(
                            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                    .get();
            System.out.println(values.size() + " flows; move " + written + " to " + args[0]);
        }
        System.exit(0);
    }

    private static List<byte[]> minute(long ms) {
        return IntStream.range(0, EDGES)
                .mapToObj(i -> FlowCodec.encode(flow(ms + i * 100L, "client-" + i, "server-" + i % 4, 8080)))
                .toList();
    }

    private static Flow flow(long ms, String client, String server, int port) {
        return Flow.builder()
                .startMs(ms)
                .endMs(ms + 50)
                .source(end(client, 40_000))
                .destination(end(server, port))
                .protocol("TCP")
                .build();
    }

    private static Endpoint end(String workload, int port) {
        return Endpoint.builder()
                .ip("10.1." + Math.floorMod(workload.hashCode() / 250, 250) + "."
                        + Math.floorMod(workload.hashCode(), 250))
                .port(port)
                .bytes(1_000L)
                .packets(5L)
                .namespace("shop")
                .workload(workload)
                .workloadKind("Deployment")
                .build();
    }

    private static KafkaConfig publish(EmbeddedBroker broker, List<byte[]> values) throws Exception {
        KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
        TopicSetup.ensure(kafka, 1, (short) 1);
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.lastingProducer(kafka)) {
            List<Future<RecordMetadata>> sent = values.stream()
                    .map(value -> producer.send(new ProducerRecord<>(Topics.FLOWS.topic(), 0, null, value)))
                    .toList();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
        return kafka;
    }

    private JobClient start(KafkaConfig kafka, Configuration settings) throws Exception {
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, settings);
        AnalyticsJob.define(
                env,
                KafkaIo.sources(kafka),
                new AnalyticsJob.Sinks(
                        new InProcessSink<>(alert -> alerts.put(alert.id(), alert)),
                        new InProcessSink<>(activity -> {}),
                        new InProcessSink<>(baseline -> {}),
                        new InProcessSink<>(rejected::add)),
                CONFIG,
                true);
        return env.executeAsync();
    }
}
