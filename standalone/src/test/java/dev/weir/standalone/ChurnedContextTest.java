package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.KafkaClients;
import dev.weir.ingest.Ingest;
import dev.weir.ingest.IngestConfig;
import dev.weir.ingest.collector.manifests.ManifestsCollector;
import dev.weir.ingest.collector.manifests.ManifestsConfig;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.netflow.NetflowConfig;
import dev.weir.model.ContextChange;
import dev.weir.model.Topics;
import dev.weir.model.codec.ContextCodec;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import io.prometheus.client.CollectorRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pods that came and went long ago leave the topic. The system property {@code weir.test.churned.pods} says how many;
 * the log says how long a start took with them and without.
 */
class ChurnedContextTest {
    private static final Logger LOG = LoggerFactory.getLogger(ChurnedContextTest.class);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    Path folder;

    @Test
    void podsThatEndedBeforeTheHistoryLeaveTheTopic() throws Exception {
        int pods = Integer.getInteger("weir.test.churned.pods", 20_000);
        Path manifests = Files.createDirectories(folder.resolve("manifests"));
        Files.writeString(
                manifests.resolve("a.yaml"),
                "kind: Pod\nmetadata: {name: a, namespace: shop}\nstatus: {podIP: 10.0.0.1}\n");
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
            KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
            TopicSetup.ensure(kafka, 1, (short) 1);
            churn(kafka, pods);
            CollectorRegistry registry = new CollectorRegistry();
            try (Ingest first = start(manifests, kafka, registry, "with the pods")) {
                await().atMost(PATIENCE)
                        .until(() -> registry.getSampleValue("weir_ingest_context_deleted_total") == pods);
            }
            CollectorRegistry after = new CollectorRegistry();
            try (Ingest second = start(manifests, kafka, after, "after they were forgotten")) {
                assertThat(after.getSampleValue("weir_ingest_context_deleted_total"))
                        .isZero();
            }
        }
    }

    private static Ingest start(Path manifests, KafkaConfig kafka, CollectorRegistry registry, String when)
            throws InterruptedException {
        long began = System.nanoTime();
        Ingest ingest = new Ingest(
                IngestConfig.defaults()
                        .with(NetflowCollector.TYPE, NetflowConfig.off())
                        .with(
                                ManifestsCollector.TYPE,
                                new ManifestsConfig(manifests.toString(), Duration.ofMillis(200))),
                kafka,
                InstantSource.system(),
                registry);
        ingest.start();
        LOG.warn("start {}: {} ms", when, (System.nanoTime() - began) / 1_000_000);
        return ingest;
    }

    /** Each pod comes, lives an hour and goes; all two days ago. */
    private static void churn(KafkaConfig kafka, int pods) {
        long began = System.currentTimeMillis() - Duration.ofDays(2).toMillis();
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.lastingProducer(kafka)) {
            for (int i = 0; i < pods; i++) {
                String name = "job-" + i;
                ContextChange pod = new ContextChange(
                        "Pod",
                        "shop",
                        name,
                        began,
                        "manifests",
                        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name
                                + "\",\"namespace\":\"shop\",\"labels\":{\"app\":\"job\"}},\"status\":{\"podIP\":\"10."
                                + (i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255) + "\"}}");
                send(producer, pod);
                send(producer, pod.ended(began + Duration.ofHours(1).toMillis()));
            }
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, ContextChange change) {
        var unused = producer.send(new ProducerRecord<>(
                Topics.CONTEXT.topic(), change.key().getBytes(StandardCharsets.UTF_8), ContextCodec.encode(change)));
    }
}
