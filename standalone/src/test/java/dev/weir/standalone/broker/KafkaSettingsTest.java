package dev.weir.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.Weir;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Mistakes in the section {@code kafka}; nothing listens where it points. */
class KafkaSettingsTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String SECRET = "s3cr3t";
    private static final String MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule ";
    private static final List<String> COMMANDS =
            List.of("topics --config FILE", "ingest --config FILE", "alerting --config FILE");

    @TempDir
    Path folder;

    static Stream<Arguments> mistakes() {
        String sasl = "security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN";
        return Stream.of(
                Arguments.of(
                        "properties: {security.protocol: SSLL, acks: 7}",
                        "kafka.properties.security.protocol: Invalid value SSLL|SASL_SSL"
                                + "|kafka.properties.acks: Invalid value 7"),
                Arguments.of("bootstrap_servers: 'kafka'", "kafka: bootstrap_servers: 'kafka' is not host:port"),
                Arguments.of(
                        "properties: {" + sasl + "}",
                        "kafka.properties.security.protocol is SASL_PLAINTEXT, which needs sasl.jaas.config"
                                + "|kafka.properties_files.sasl.jaas.config"),
                Arguments.of(
                        "properties: {" + sasl + "}\n  properties_files: {sasl.jaas.config: FOLDER/unended}",
                        "kafka.properties_files.sasl.jaas.config cannot be used: JAAS config entry not terminated"),
                Arguments.of(
                        "properties: {" + sasl + ", sasl.jaas.config: " + MODULE + SECRET + ";}",
                        "kafka.properties.sasl.jaas.config cannot be used; it must be a line such as"),
                Arguments.of(
                        "properties: {" + sasl + ", sasl.jaas.config: no.Module required;}",
                        "kafka.properties.sasl.jaas.config: the login cannot be prepared: No LoginModule found"),
                Arguments.of(
                        "properties_files: {request.timeout.ms: FOLDER/secret}",
                        "kafka.properties_files.request.timeout.ms: Invalid value (not shown)"),
                Arguments.of(
                        "properties: {security.protocol: SSL, ssl.truststore.location: FOLDER/none, "
                                + "ssl.keystore.location: FOLDER/none}",
                        "FOLDER/none: there is no such file|kafka.properties.ssl.truststore.location names it"
                                + "|kafka.properties.ssl.keystore.location names it"),
                Arguments.of(
                        "properties: {security.protocol: SSL, ssl.keystore.location: FOLDER/secret, "
                                + "ssl.keystore.password: x}",
                        "kafka.properties.ssl.keystore.location: FOLDER/secret cannot be opened"
                                + "|ssl.keystore.type right, which is JKS"),
                Arguments.of(
                        "properties: {security.protocol: SSL, ssl.truststore.type: PEM, "
                                + "ssl.truststore.certificates: nothing}",
                        "kafka.properties: a Kafka client cannot be made with them: No matching CERTIFICATE"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeIsASentenceOfEveryCommand(String kafka, String sentences) throws Exception {
        Files.writeString(folder.resolve("secret"), SECRET);
        Files.writeString(folder.resolve("unended"), MODULE + "required username=\"weir\" password=\"" + SECRET + "\"");
        String servers = kafka.startsWith("bootstrap_servers") ? "" : "bootstrap_servers: '127.0.0.1:1'\n  ";
        for (String command : COMMANDS) {
            String own = command.startsWith("ingest") ? "ingest: {netflow: {enabled: false}}\nmetrics_port: 0\n" : "";
            own = command.startsWith("alerting") ? "alerting: {database: 'jdbc:h2:mem:x', http: {port: 0}}\n" : own;
            Path file = Files.writeString(
                    folder.resolve("weir.yaml"),
                    "kafka:\n  " + servers + kafka.replace("FOLDER", folder.toString()) + "\n" + own);
            long began = System.nanoTime();
            String said = refused(command.replace("FILE", file.toString()));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
            assertThat(said)
                    .contains(Arrays.stream(sentences
                                    .replace("FOLDER", folder.toString())
                                    .split("\\|"))
                            .toList())
                    .doesNotContain("Exception", SECRET);
        }
    }

    @Test
    void mistakeIsInTheTopicOfLogsThenItsKeyIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("weir.yaml"), """
                data: %s
                kafka: {port: 0}
                alerting: {http: {port: 0}}
                ingest:
                  netflow: {enabled: false}
                  logs: {kafka: {topic: flows, bootstrap_servers: '127.0.0.1:1', properties: {security.protocol: SSLL}}}
                """.formatted(folder.resolve("data")));
        assertThat(refused("up --config " + file))
                .contains("ingest.logs.kafka.properties.security.protocol: Invalid value SSLL");
    }

    @Test
    void nameCannotBeResolvedThenSentenceSaysSo() {
        KafkaConfig kafka = new KafkaConfig("kafka.nowhere.invalid:9092", Map.of());
        assertThatThrownBy(() -> KafkaSettings.check(kafka, "kafka"))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("cannot be resolved; is kafka.bootstrap_servers right?");
    }

    private static String refused(String command) {
        StringWriter err = new StringWriter();
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(new StringWriter()));
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute(command.split(" "))).as(err.toString()).isEqualTo(ExitCode.WRONG);
        return err.toString();
    }
}
