package dev.weir.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.alerting.AlertingConfig;
import dev.weir.analytics.job.KafkaIo;
import dev.weir.common.Certificates;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.Ingest;
import dev.weir.ingest.IngestConfig;
import dev.weir.ingest.collector.logs.LogsCollectors;
import dev.weir.ingest.collector.logs.LogsConfig;
import dev.weir.ingest.collector.logs.TopicConfig;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.netflow.NetflowConfig;
import dev.weir.standalone.StartChecks;
import dev.weir.standalone.command.ExitCode;
import dev.weir.standalone.command.Weir;
import io.prometheus.client.CollectorRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Clients of a broker that has a port for plain text and one for TLS. */
class KafkaTlsTest {
    @TempDir
    static Path folder;

    private static SecureBroker secure;
    private static EmbeddedBroker broker;
    private static String tls;

    @BeforeAll
    static void start() throws Exception {
        Path keystore = Certificates.in(folder).keystore();
        secure = SecureBroker.start(folder, "SSL", "SSL", settings -> {
            settings.put("ssl.keystore.location", keystore.toString());
            settings.put("ssl.keystore.type", "PKCS12");
            settings.put("ssl.keystore.password", Certificates.PASSWORD);
        });
        broker = secure.broker();
        tls = secure.address();
    }

    @AfterAll
    static void stop() {
        secure.close();
    }

    @Test
    void topicsAreMadeByTlsWithASecretFromAFile() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), Certificates.PASSWORD + "\n");
        Path config = Files.writeString(
                folder.resolve("ingest.yaml"), """
                kafka:
                  bootstrap_servers: %s
                  properties:
                    security.protocol: SSL
                    ssl.truststore.type: PKCS12
                    ssl.truststore.location: %s
                  properties_files: {ssl.truststore.password: %s}
                metrics_port: 0
                ingest: {netflow: {enabled: false}}
                """.formatted(tls, folder.resolve("keystore.p12"), secret));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(run(out, err, "topics", "--config", config.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("weir.flows", "weir.positions");
    }

    @Test
    void plainTextAtATlsPortIsASentence() {
        StringWriter err = new StringWriter();
        assertThat(run(new StringWriter(), err, "topics", "--bootstrap-servers", tls))
                .isEqualTo(ExitCode.WRONG);
        assertThat(err.toString())
                .contains("Kafka at " + tls + " speaks TLS", "security.protocol to SSL or SASL_SSL")
                .doesNotContain("OutOfMemory");
        everyClientRefuses(new KafkaConfig(tls, Map.of()), "speaks TLS");
        everyClientRefuses(new KafkaConfig(tls, Map.of("security.protocol", "SASL_PLAINTEXT")), "to SASL_SSL");
    }

    @Test
    void tlsAtAPlainPortIsASentence() {
        KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of("security.protocol", "SSL"));
        everyClientRefuses(kafka, "speaks plain text, and security.protocol is SSL");
    }

    @Test
    void certificateIsNotTrustedThenSentenceSaysSo() {
        KafkaConfig kafka = new KafkaConfig(tls, Map.of("security.protocol", "SSL"));
        assertThatThrownBy(() -> TopicSetup.ensure(kafka, 1, (short) 1))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("Kafka at " + tls + " shows a certificate that is not trusted: ")
                .hasMessageContaining("kafka.properties.ssl.truststore.location must name a file")
                .hasMessageNotContaining("login");
    }

    @Test
    void topicOfLogsIsBehindTlsThenIngestSaysSo() throws Exception {
        KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
        TopicSetup.ensure(kafka, 1, (short) 1);
        TopicConfig topic = new TopicConfig("network-flows", tls, null, null, null, null);
        IngestConfig config = IngestConfig.defaults()
                .with(NetflowCollector.TYPE, NetflowConfig.off())
                .with(LogsCollectors.TYPE, new LogsConfig(null, null, null, null, topic));
        String message = "set ingest.logs.kafka.properties.security.protocol to SSL or SASL_SSL";
        assertThatThrownBy(() -> StartChecks.ingest(config, kafka, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
        try (Ingest ingest = new Ingest(config, kafka, InstantSource.system(), new CollectorRegistry())) {
            assertThatThrownBy(ingest::start)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(message);
        }
    }

    private static void everyClientRefuses(KafkaConfig kafka, String message) {
        IngestConfig ingest = IngestConfig.defaults().with(NetflowCollector.TYPE, NetflowConfig.off());
        List<ThrowingCallable> clients = List.of(
                () -> TopicSetup.ensure(kafka, 1, (short) 1),
                () -> KafkaIo.sources(kafka),
                () -> StartChecks.ingest(ingest, kafka, 0),
                () -> StartChecks.alerting(AlertingConfig.defaults(), kafka));
        clients.forEach(client ->
                assertThatThrownBy(client).isInstanceOf(ConfigException.class).hasMessageContaining(message));
    }

    private static int run(StringWriter out, StringWriter err, String... arguments) {
        CommandLine line = Weir.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
