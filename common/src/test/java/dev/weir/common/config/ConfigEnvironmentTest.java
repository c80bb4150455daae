package dev.weir.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Environment variables as configuration. */
class ConfigEnvironmentTest {
    private static final int DEFAULT_PORT = 8080;

    record Root(KafkaConfig kafka, Alerting alerting) {
        Root {
            kafka = kafka == null ? new KafkaConfig(null, null) : kafka;
            alerting = alerting == null ? new Alerting(null, null) : alerting;
        }
    }

    record Alerting(@Nullable Integer port, @Nullable String database) {
        Alerting {
            port = port == null ? DEFAULT_PORT : port;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "WEIR_ALERTING_PORT, tcp://10.96.0.7:8080",
        "WEIR_ALERTING_PORT, udp://10.96.0.7:8080",
        "WEIR_PORT, tcp://[fd00::7]:80",
        "WEIR_SERVICE_HOST, 10.96.0.7",
        "WEIR_ALERTING_SERVICE_HOST, 10.96.0.7",
        "WEIR_ALERTING_SERVICE_PORT, 8080",
        "WEIR_ALERTING_SERVICE_PORT_HTTP, 8080",
        "WEIR_ALERTING_SERVICE_PORT_HTTP_METRICS, 8080",
        "WEIR_ALERTING_PORT_8080_TCP, tcp://10.96.0.7:8080",
        "WEIR_INGEST_2_PORT_2055_UDP_PROTO, udp",
        "WEIR_INGEST_PORT_2055_UDP_PORT, 2055",
        "WEIR_INGEST_PORT_132_SCTP_ADDR, 10.96.0.7",
        "WEIR_ALERTING_DATABASE_PORT, tcp://10.96.0.8:5432",
    })
    void serviceVariableIsIgnored(String name, String value) {
        assertThat(load(Map.of(name, value))).isEqualTo(load(Map.of()));
    }

    @Test
    void keyVariableIsUsedBesideServiceVariables() {
        Map<String, String> environment = Map.of(
                "WEIR_ALERTING_PORT", "9000", "WEIR_ALERTING_SERVICE_PORT", "8080", "WEIR_ALERTING_DATABASE", "x");
        assertThat(load(environment).alerting()).isEqualTo(new Alerting(9000, "x"));
    }

    @ParameterizedTest
    @CsvSource({"WEIR_ALERTING_PROT, 1", "WEIR_ALERTING_HOST, 10.0.0.1", "WEIR_ALERTING_PORT_HTTP, 8080"})
    void unknownVariableIsRefused(String name, String value) {
        assertThatThrownBy(() -> load(Map.of(name, value)))
                .hasMessageStartingWith("environment: unknown variable '" + name + "'; the closest valid one is");
    }

    @Test
    void mapIsReadFromOneVariable() {
        assertThat(load(Map.of(
                                "WEIR_KAFKA_PROPERTIES",
                                "security.protocol=SASL_SSL,sasl.mechanism=PLAIN,sasl.jaas.config=a required b=\"c,d\";"))
                        .kafka()
                        .properties())
                .isEqualTo(Map.of(
                        "security.protocol",
                        "SASL_SSL",
                        "sasl.mechanism",
                        "PLAIN",
                        "sasl.jaas.config",
                        "a required b=\"c,d\";"));
    }

    @Test
    void mapIsReadFromOneVariablePerKey() {
        Map<String, String> environment = Map.of(
                "WEIR_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SSL", "WEIR_KAFKA_PROPERTIES_SSL_TRUSTSTORE_TYPE", "PEM");
        assertThat(load(environment).kafka().properties())
                .isEqualTo(Map.of("security.protocol", "SSL", "ssl.truststore.type", "PEM"));
    }

    @Test
    void mapVariableWithoutKeysIsRefused() {
        assertThatThrownBy(() -> load(Map.of("WEIR_KAFKA_PROPERTIES", "SSL")))
                .hasMessage("environment: WEIR_KAFKA_PROPERTIES: kafka.properties: 'SSL' is not"
                        + " a section of keys and values, such as {key: value}");
    }

    private static Root load(Map<String, String> environment) {
        return ConfigLoader.load(null, Root.class, environment);
    }
}
