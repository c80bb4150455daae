package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.kafka.WholeTopic;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of manifests and its edits on the topic, also across a restart. */
class ManifestsPublishingTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String POD = "kind: Pod\nmetadata: {name: %s, namespace: shop}\nstatus: {podIP: %s}\n";

    @TempDir
    Path folder;

    @Test
    void editsAdditionsAndDeletionsFollow() throws Exception {
        Path manifests = Files.createDirectories(folder.resolve("manifests"));
        Files.writeString(manifests.resolve("a.yaml"), POD.formatted("a", "10.0.0.1"));
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
            KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
            TopicSetup.ensure(kafka, 1, (short) 1);
            try (Ingest ingest = start(manifests, kafka)) {
                assertThat(changes(kafka)).singleElement().satisfies(change -> {
                    assertThat(change.key()).isEqualTo("Pod/shop/a");
                    assertThat(change.validFromMs())
                            .as("there at the first look")
                            .isZero();
                });
                Files.writeString(manifests.resolve("b.yaml"), POD.formatted("b", "10.0.0.2"));
                await().atMost(PATIENCE).until(() -> changes(kafka).size() == 2);
                assertThat(changes(kafka).get(1).validFromMs()).isPositive();
                Files.writeString(manifests.resolve("a.yaml"), POD.formatted("a", "10.0.0.30"));
                await().atMost(PATIENCE).until(() -> changes(kafka).size() == 3);
                assertThat(changes(kafka).get(2).object()).contains("10.0.0.30");
            }
            Files.delete(manifests.resolve("b.yaml"));
            try (Ingest again = start(manifests, kafka)) {
                await().atMost(PATIENCE).until(() -> changes(kafka).size() == 4);
                assertThat(changes(kafka).get(3).key()).isEqualTo("Pod/shop/b");
                assertThat(changes(kafka).get(3).deleted()).isTrue();
            }
        }
    }

    private static Ingest start(Path manifests, KafkaConfig kafka) throws InterruptedException {
        IngestConfig config = IngestConfig.defaults()
                .with(NetflowCollector.TYPE, NetflowConfig.off())
                .with(ManifestsCollector.TYPE, new ManifestsConfig(manifests.toString(), Duration.ofMillis(100)));
        Ingest ingest = new Ingest(config, kafka, InstantSource.system(), new CollectorRegistry());
        ingest.start();
        return ingest;
    }

    private static List<ContextChange> changes(KafkaConfig kafka) {
        List<ContextChange> changes = new ArrayList<>();
        WholeTopic.read(kafka, Topics.CONTEXT.topic(), record -> changes.add(ContextCodec.decode(record.value())));
        return changes;
    }
}
