package dev.weir.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.common.config.KafkaConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaClientsTest {
    private static final Duration SESSION = Duration.ofSeconds(6);

    @Test
    void clientsHaveTheConfiguredProperties(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("jaas"), "secret\n");
        KafkaConfig kafka = new KafkaConfig(
                "kafka:9093",
                Map.of("security.protocol", "SASL_SSL", "acks", "1", "isolation.level", "read_uncommitted"),
                Map.of("sasl.jaas.config", secret.toString()));
        assertThat(KafkaClients.lastingProperties(kafka))
                .containsEntry("bootstrap.servers", "kafka:9093")
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.jaas.config", "secret")
                .containsEntry("acks", "all");
        assertThat(KafkaClients.consumerProperties(kafka))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("enable.auto.commit", "false");
    }

    @Test
    void configuredSessionTakesPrecedence() {
        assertThat(KafkaClients.groupProperties(kafka(Map.of()), "g", SESSION))
                .containsEntry("group.id", "g")
                .containsEntry("session.timeout.ms", 6_000)
                .containsEntry("heartbeat.interval.ms", 1_500);
        assertThat(KafkaClients.groupProperties(kafka(Map.of("session.timeout.ms", "9000")), "g", SESSION))
                .containsEntry("session.timeout.ms", "9000");
    }

    @Test
    void groupProtocolOfTheBrokerSetsTheSession() {
        assertThat(KafkaClients.groupProperties(kafka(Map.of("group.protocol", "consumer")), "g", SESSION))
                .doesNotContainKeys("session.timeout.ms", "heartbeat.interval.ms");
    }

    @Test
    void promptProducerGivesUpInTime() {
        assertThat(KafkaClients.promptProperties(kafka(Map.of()), Duration.ofSeconds(1), Duration.ofSeconds(3)))
                .containsEntry("max.block.ms", 1_000)
                .containsEntry("request.timeout.ms", 3_000)
                .containsEntry("delivery.timeout.ms", 3_000)
                .containsEntry("linger.ms", 0);
    }

    @Test
    void transactionalProducerKeepsItsId() {
        assertThat(KafkaClients.transactionalProperties(kafka(Map.of()), "id"))
                .containsEntry("transactional.id", "id")
                .containsEntry("transaction.timeout.ms", 900_000)
                .containsEntry("max.block.ms", 60_000);
    }

    private static KafkaConfig kafka(Map<String, String> properties) {
        return new KafkaConfig("localhost:9092", properties);
    }
}
