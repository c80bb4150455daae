package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.ingest.Ingest;
import dev.weir.ingest.IngestConfig;
import dev.weir.ingest.collector.logs.LogsCollectors;
import dev.weir.ingest.collector.logs.LogsConfig;
import dev.weir.ingest.collector.logs.TopicConfig;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.netflow.NetflowConfig;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NetObserv's records from its own topic, reported by both nodes, across a restart. */
class TopicPublishingTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TOPIC = "network-flows";

    @TempDir
    Path folder;

    @Test
    void everyConnectionArrivesOnce() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
            KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
            TopicSetup.ensure(kafka, 2, (short) 1);
            try (Admin admin = KafkaClients.admin(kafka)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(2), Optional.of((short) 1))))
                        .all()
                        .get();
            }
            CollectorRegistry registry = new CollectorRegistry();
            produce(kafka, 0, 100);
            try (Ingest ingest = started(kafka, registry)) {
                await().atMost(PATIENCE).until(() -> times(kafka).size() >= 100);
                produce(kafka, 100, 200);
                await().atMost(PATIENCE).until(() -> times(kafka).size() >= 200);
            }
            assertThat(registry.getSampleValue(
                            "weir_ingest_lines_rejected_total",
                            new String[] {"collector", "format"},
                            new String[] {"logs", "netobserv"}))
                    .as("one broken record for each batch")
                    .isEqualTo(2);
            produce(kafka, 200, 300);
            try (Ingest again = started(kafka, new CollectorRegistry())) {
                await().atMost(PATIENCE).until(() -> times(kafka).size() >= 300);
            }
            assertThat(times(kafka))
                    .isEqualTo(LongStream.range(1_000, 1_300).boxed().toList());
        }
    }

    private static Ingest started(KafkaConfig kafka, CollectorRegistry registry) throws InterruptedException {
        TopicConfig topic = new TopicConfig(TOPIC, null, null, null, null, "netobserv");
        Ingest ingest = new Ingest(
                IngestConfig.defaults()
                        .with(NetflowCollector.TYPE, NetflowConfig.off())
                        .with(LogsCollectors.TYPE, new LogsConfig(null, null, null, null, topic)),
                kafka,
                InstantSource.system(),
                registry);
        ingest.start();
        return ingest;
    }

    /** Produces each flow as both nodes report it, and a broken record. */
    private static void produce(KafkaConfig kafka, int from, int to) {
        Properties properties = kafka.clientProperties();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = from; i < to; i++) {
                send(producer, i, "10.0.9.1", 1);
                send(producer, i, "10.0.9.2", 0);
            }
            send(producer, 0, "{\"SrcAddr\":\"not an address\",\"TimeFlowStartMs\":1}");
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, int number, String agent, int direction) {
        String record = "{\"SrcAddr\":\"10.0.0.1\",\"SrcPort\":" + (20_000 + number)
                + ",\"DstAddr\":\"10.0.0.2\",\"DstPort\":80,\"Proto\":6,\"Bytes\":10,\"Packets\":1,\"FlowDirection\":"
                + direction + ",\"TimeFlowStartMs\":" + (1_000 + number) + ",\"TimeFlowEndMs\":" + (1_000 + number)
                + ",\"AgentIP\":\"" + agent + "\"}";
        send(producer, number % 2, record);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, int partition, String record) {
        var unused =
                producer.send(new ProducerRecord<>(TOPIC, partition, null, record.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Long> times(KafkaConfig kafka) {
        List<Long> times = new ArrayList<>();
        PublishedFlows.forEach(kafka, (partition, flow) -> times.add(flow.startMs()));
        times.sort(Comparator.naturalOrder());
        return times;
    }
}
