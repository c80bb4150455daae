package dev.weir.standalone;

import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.model.Topics;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partitions and offsets after an alerting process or its database has died. */
class AlertingReplicasTest {
    private static final int PARTITIONS = 2;
    /** A limit below the default session of Kafka's clients, 45 s. */
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path shared;

    private static EmbeddedBroker broker;
    private static KafkaConfig kafka;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedBroker.start(shared, 0);
        kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
        TopicSetup.ensure(kafka, PARTITIONS, (short) 1);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void databaseRestoredFromBackupTakesInWhatItMisses() throws Exception {
        Path file = folder.resolve("weir.mv.db");
        Path backup = folder.resolve("backup");
        publish("before");
        try (WeirProcess weir = alerting("restored")) {
            awaitAlerts(weir, "before");
            weir.terminate();
        }
        Files.copy(file, backup);
        publish("after");
        try (WeirProcess weir = alerting("restored")) {
            awaitAlerts(weir, "before", "after");
            weir.terminate();
        }
        Files.copy(backup, file, StandardCopyOption.REPLACE_EXISTING);
        try (WeirProcess weir = alerting("restored")) {
            awaitAlerts(weir, "before", "after");
        }
    }

    @Test
    void replicaIsKilledThenAnotherHasItsPartitionsSoon() throws Exception {
        publish("killed");
        Properties properties = kafka.clientProperties();
        properties.put("group.id", "weir-killed");
        try (KafkaConsumer<byte[], byte[]> other =
                        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                WeirProcess weir = alerting("weir-killed")) {
            await().atMost(WeirProcess.PATIENCE)
                    .until(() ->
                            weir.output().contains("API ") && !weir.alerts().isEmpty());
            other.subscribe(List.of(Topics.ALERTS.topic()));
            await().atMost(WeirProcess.PATIENCE).until(() -> has(other, PARTITIONS / 2));
            weir.kill();
            await().atMost(SOON).until(() -> has(other, PARTITIONS));
        }
    }

    private static boolean has(KafkaConsumer<byte[], byte[]> consumer, int partitions) {
        consumer.poll(Duration.ofMillis(100));
        return consumer.assignment().size() == partitions;
    }

    private WeirProcess alerting(String group) throws IOException {
        Path config = Files.writeString(
                folder.resolve("weir.yaml"), """
                kafka: {bootstrap_servers: "%s"}
                alerting:
                  group: %s
                  database: jdbc:h2:file:%s
                  http: {port: 0}
                """.formatted(broker.bootstrapServers(), group, folder.resolve("weir")));
        return WeirProcess.start(folder, "alerting", "--config", config.toString());
    }

    private static void awaitAlerts(WeirProcess weir, String... ids) {
        await().atMost(WeirProcess.PATIENCE)
                .until(() ->
                        weir.output().contains("API ") && weir.alerts().keySet().containsAll(List.of(ids)));
    }

    private static void publish(String id) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.lastingProducer(kafka)) {
            producer.send(new ProducerRecord<>(
                            Topics.ALERTS.topic(),
                            id.getBytes(StandardCharsets.UTF_8),
                            AlertingTopicsTest.alert(id, "port-scan").getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }
}
