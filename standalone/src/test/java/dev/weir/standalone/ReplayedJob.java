package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.job.AnalyticsJob;
import dev.weir.analytics.job.FlinkSettings;
import dev.weir.analytics.job.InProcessSink;
import dev.weir.analytics.job.KafkaIo;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.model.Alert;
import dev.weir.model.Topics;
import dev.weir.model.codec.Json;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Runs the job on the flows of an embedded broker, to their end or to a checkpoint that another run begins with. */
final class ReplayedJob implements AutoCloseable {
    static final int PARTITIONS = 4;

    /** A value of {@link Topics#FLOWS}, and the partition that it goes to. */
    record Placed(byte[] value, int partition) {}

    private final Path folder;
    private final EmbeddedBroker broker;
    private final KafkaConfig kafka;
    private int runs;

    /**
     * Starts the broker.
     *
     * @param folder an empty folder for its data and for checkpoints
     */
    ReplayedJob(Path folder) throws Exception {
        this.folder = folder;
        broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
        kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
        TopicSetup.ensure(kafka, PARTITIONS, (short) 1);
    }

    KafkaConfig kafka() {
        return kafka;
    }

    /** Deletes the published flows. */
    void clear() throws Exception {
        try (Admin admin = KafkaClients.admin(kafka)) {
            admin.deleteTopics(List.of(Topics.FLOWS.topic())).all().get();
            await().until(() -> !admin.listTopics().names().get().contains(Topics.FLOWS.topic()));
        }
        TopicSetup.ensure(kafka, PARTITIONS, (short) 1);
    }

    void publish(List<Placed> values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.lastingProducer(kafka)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Placed each : values) {
                sent.add(producer.send(
                        new ProducerRecord<>(Topics.FLOWS.topic(), each.partition(), null, each.value())));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    /** Returns the offsets at which the partitions end after these values. */
    static OffsetsInitializer end(List<Placed> values) {
        Map<Integer, Long> counts =
                values.stream().collect(Collectors.groupingBy(Placed::partition, Collectors.counting()));
        return OffsetsInitializer.offsets(IntStream.range(0, PARTITIONS)
                .boxed()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(Topics.FLOWS.topic(), partition),
                        partition -> counts.getOrDefault(partition, 0L))));
    }

    /**
     * Returns offsets that no partition reaches, for a run that another goes on with: of a partition that has been read
     * to its end nothing is restored, so that a task could be left without one, and event time would stand still.
     */
    static OffsetsInitializer unreached() {
        return OffsetsInitializer.offsets(IntStream.range(0, PARTITIONS)
                .boxed()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(Topics.FLOWS.topic(), partition),
                        partition -> Long.MAX_VALUE)));
    }

    /** One run of the job and the alerts of it and of the runs that go on with it. */
    final class Run {
        private final AnalyticsConfig config;
        private final boolean isLive;
        private final OffsetsInitializer end;
        private final Path checkpoints = folder.resolve("run-" + runs++);
        private final Map<String, Alert> alerts = new ConcurrentHashMap<>();
        private final AtomicInteger rejected = new AtomicInteger();

        Run(AnalyticsConfig config, boolean live, OffsetsInitializer end) {
            this.config = config;
            this.isLive = live;
            this.end = end;
        }

        /** Runs from the beginning to the end of the flows. */
        void toTheEnd(int parallelism) throws Exception {
            environment(parallelism, FlinkSettings.streaming(config, checkpoints))
                    .execute();
        }

        /**
         * Runs from the beginning until a checkpoint holds everything before the markers, which are one value in each
         * partition that is no flow.
         */
        void toTheMarkers(int parallelism) throws Exception {
            JobClient first = start(parallelism, Duration.ofMillis(200));
            await().atMost(WeirProcess.PATIENCE).until(() -> rejected.get() == PARTITIONS);
            // A checkpoint that had begun by now may be older than the markers; the one after it is not.
            awaitOtherThan(awaitOtherThan(checkpoint()));
            cancel(first);
        }

        private Optional<Path> awaitOtherThan(Optional<Path> known) {
            // A checkpoint may be deleted, and another be complete, while the folders are listed.
            return await().atMost(WeirProcess.PATIENCE)
                    .until(this::checkpoint, newest -> newest.isPresent() && !newest.equals(known));
        }

        /** Starts from the beginning, with a checkpoint after each interval. */
        JobClient start(int parallelism, Duration interval) throws Exception {
            return environment(parallelism, settings(interval)).executeAsync();
        }

        private Configuration settings(Duration interval) {
            Configuration settings = FlinkSettings.streaming(config, checkpoints);
            settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
            return settings;
        }

        /**
         * Begins with the newest checkpoint, and runs until these are the alerts. A source of Kafka that is restored
         * does not finish, so event time does not go past the last flows, and the run has to be canceled.
         *
         * @param markers the number of values, of all runs, that are no flow
         */
        void restoredUntil(int parallelism, int markers, Map<String, ObjectNode> expected) throws Exception {
            Configuration settings = settings(Duration.ofMillis(500));
            settings.set(
                    StateRecoveryOptions.SAVEPOINT_PATH,
                    checkpoint().orElseThrow().toUri().toString());
            JobClient again = environment(parallelism, settings).executeAsync();
            try {
                await().atMost(WeirProcess.PATIENCE).until(() -> rejected.get() == markers);
                await().atMost(WeirProcess.PATIENCE).until(() -> differences(expected), List::isEmpty);
                // Findings on their way arrive before a checkpoint that begins now is complete.
                awaitOtherThan(awaitOtherThan(checkpoint()));
            } finally {
                cancel(again);
            }
            assertThat(differences(expected)).isEmpty();
        }

        /** Returns one line for each alert that differs: its id, its detector and the fields that are not the same. */
        private List<String> differences(Map<String, ObjectNode> expected) {
            Map<String, ObjectNode> actual = alerts();
            return Stream.concat(actual.keySet().stream(), expected.keySet().stream())
                    .distinct()
                    .filter(id -> !Objects.equals(actual.get(id), expected.get(id)))
                    .map(id -> difference(id, actual.get(id), expected.get(id)))
                    .toList();
        }

        void cancel(JobClient job) throws Exception {
            job.cancel().get();
            await().atMost(WeirProcess.PATIENCE).until(() -> hasEnded(job));
        }

        /** Returns the newest checkpoint that is complete. Flink deletes older ones at any time. */
        Optional<Path> checkpoint() {
            return children(checkpoints.toFile())
                    .flatMap(ReplayedJob::children)
                    .map(folder -> new File(folder, "_metadata"))
                    .filter(File::exists)
                    .max(Comparator.comparingLong(File::lastModified))
                    .map(metadata -> metadata.toPath().getParent());
        }

        Map<String, ObjectNode> alerts() {
            return comparable(alerts.values());
        }

        private StreamExecutionEnvironment environment(int parallelism, Configuration settings) {
            settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, settings);
            AnalyticsJob.define(
                    env,
                    new AnalyticsJob.Sources(
                            KafkaIo.flowsTo(kafka, end),
                            KafkaIo.presentContext(kafka),
                            KafkaIo.sources(kafka).loader(),
                            KafkaIo.presentFeedback(kafka)),
                    new AnalyticsJob.Sinks(
                            new InProcessSink<>(alert -> alerts.merge(
                                    alert.id(), alert, (known, next) -> next.supersedes(known) ? next : known)),
                            new InProcessSink<>(activity -> {}),
                            new InProcessSink<>(baseline -> {}),
                            new InProcessSink<>(value -> rejected.incrementAndGet())),
                    config,
                    isLive);
            return env;
        }
    }

    private static String difference(String id, @Nullable ObjectNode actual, @Nullable ObjectNode expected) {
        if (actual == null || expected == null) {
            return id
                    + (actual == null ? " is missing: " : " is not expected: ")
                    + (actual == null ? expected : actual).path("detector").asText();
        }
        return Stream.of(actual, expected)
                .flatMap(alert -> alert.propertyStream().map(Map.Entry::getKey))
                .distinct()
                .filter(field -> !Objects.equals(actual.get(field), expected.get(field)))
                .map(field -> "%s is %.80s, not %.80s".formatted(field, actual.get(field), expected.get(field)))
                .collect(Collectors.joining(
                        "; ", id + ' ' + expected.path("detector").asText() + ": ", ""));
    }

    private static Stream<File> children(File folder) {
        return Stream.ofNullable(folder.listFiles()).flatMap(Stream::of);
    }

    private static boolean hasEnded(JobClient job) throws Exception {
        try {
            return job.getJobStatus().get().isTerminalState();
        } catch (IllegalStateException gone) {
            // With its job the mini cluster ends.
            return true;
        }
    }

    /** The alerts by id, without their revision, which depends on the order in which findings arrived. */
    static Map<String, ObjectNode> comparable(Iterable<Alert> alerts) {
        Map<String, ObjectNode> comparable = new TreeMap<>();
        alerts.forEach(alert -> {
            ObjectNode copy = Json.MAPPER.valueToTree(alert);
            copy.remove("revision");
            comparable.put(alert.id(), copy);
        });
        return comparable;
    }

    @Override
    public void close() {
        broker.close();
    }
}
