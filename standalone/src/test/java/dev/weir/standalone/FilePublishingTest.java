package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.ingest.CollectorsConfig;
import dev.weir.ingest.Ingest;
import dev.weir.ingest.IngestConfig;
import dev.weir.ingest.collector.logs.LogsCollectors;
import dev.weir.ingest.collector.logs.LogsConfig;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.netflow.NetflowConfig;
import dev.weir.model.Topics;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flows that reach Kafka from a file that grows and is replaced, across restarts and while Kafka is away. */
class FilePublishingTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration PAIR_WINDOW = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void everyLineArrivesOnce() throws Exception {
        Path file = folder.resolve("flows.ndjson");
        EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
        int port = broker.port();
        KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
        TopicSetup.ensure(kafka, 2, (short) 1);

        append(file, 1, 100);
        try (Ingest ingest = start(file, kafka)) {
            await().atMost(PATIENCE).until(() -> published(kafka).size() == 100);
            append(file, 101, 200);
            await().atMost(PATIENCE).until(() -> published(kafka).size() == 200);

            broker.close();
            append(file, 201, 300);
            Path rotated = folder.resolve("flows.ndjson.1");
            Files.move(file, rotated);
            append(rotated, 301, 350);
            append(file, 351, 400);
            broker = EmbeddedBroker.start(folder.resolve("kafka"), port);
            await().atMost(PATIENCE).until(() -> published(kafka).size() >= 400);
        }
        append(file, 401, 450);
        try (Ingest again = start(file, kafka)) {
            await().atMost(PATIENCE).until(() -> published(kafka).size() >= 450);
            Files.writeString(file, "");
            append(file, 451, 460);
            await().atMost(PATIENCE).until(() -> published(kafka).size() >= 460);
        }
        assertThat(published(kafka))
                .isEqualTo(IntStream.rangeClosed(1, 460).boxed().toList());

        long before = positions(kafka);
        half(file, 461, "10.0.0.1\",\"port\":50000", "10.0.1.1\",\"port\":80");
        try (Ingest first = start(file, kafka)) {
            await().atMost(PATIENCE).until(() -> positions(kafka) > before);
        }
        half(file, 462, "10.0.1.1\",\"port\":80", "10.0.0.1\",\"port\":50000");
        try (Ingest second = start(file, kafka)) {
            await().atMost(PATIENCE).until(() -> published(kafka).contains(461));
            assertThat(published(kafka)).as("both halves are one flow").hasSize(461);
        }
        broker.close();
    }

    private static Ingest start(Path file, KafkaConfig kafka) throws InterruptedException {
        CollectorsConfig collectors = new CollectorsConfig()
                .with(NetflowCollector.TYPE, NetflowConfig.off())
                .with(LogsCollectors.TYPE, new LogsConfig(List.of(file.toString()), true, null, null, null));
        IngestConfig config = new IngestConfig(null, collectors, PAIR_WINDOW, null, null, null, null, null, null, null);
        Ingest ingest = new Ingest(config, kafka, InstantSource.system(), new CollectorRegistry());
        ingest.start();
        return ingest;
    }

    /** Appends complete flows whose times are their numbers. */
    private static void append(Path file, int from, int to) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i <= to; i++) {
            lines.append("{\"start_ms\":")
                    .append(i)
                    .append(",\"protocol\":\"TCP\",\"source\":{\"ip\":\"10.0.0.")
                    .append(i % 250)
                    .append("\",\"bytes\":1},\"destination\":{\"ip\":\"10.0.1.1\",\"bytes\":1,\"packets\":1}}\n");
        }
        Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Appends a record of one direction of a connection. */
    private static void half(Path file, int number, String from, String to) throws Exception {
        String line = "{\"start_ms\":" + number + ",\"protocol\":\"TCP\",\"source\":{\"ip\":\"" + from
                + ",\"bytes\":1,\"packets\":1},\"destination\":{\"ip\":\"" + to + "}}\n";
        Files.writeString(file, line, StandardOpenOption.APPEND);
    }

    /** The end offset of the topic of positions. */
    private static long positions(KafkaConfig kafka) {
        TopicPartition partition = new TopicPartition(Topics.POSITIONS.topic(), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka)) {
            return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        }
    }

    /** The numbers of all flows that were committed, sorted. */
    private static List<Integer> published(KafkaConfig kafka) {
        List<Integer> numbers = new ArrayList<>();
        PublishedFlows.forEach(kafka, (partition, flow) -> numbers.add((int) flow.startMs()));
        Collections.sort(numbers);
        return numbers;
    }
}
