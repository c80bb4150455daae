package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import dev.weir.common.config.UnavailableException;
import dev.weir.standalone.command.ProcessConfig;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes that are found before any part is started. */
class StartChecksTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void everythingWrongIsReportedAtOnce() throws Exception {
        try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            UpConfig config = config("""
                    kafka: {port: %1$d}
                    ingest:
                      netflow: {port: %2$d}
                      manifests: {path: %3$s/manifests}
                      logs: {follow: false, paths: [%3$s/flows.ndjson], http: {enabled: true, port: %1$d}}
                      pcap: {paths: [%3$s/a.pcap]}
                    alerting:
                      http: {host: 0.0.0.0, port: 0}
                    """.formatted(tcp.getLocalPort(), udp.getLocalPort(), folder));
            assertThatThrownBy(() -> StartChecks.up(config))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContainingAll(
                            "kafka.port",
                            "ingest.netflow.port",
                            folder + "/manifests: is not a directory",
                            folder + "/flows.ndjson: there is no such file",
                            folder + "/a.pcap: there is no such file",
                            "ingest.logs.http.port",
                            "alerting.http.host: 0.0.0.0");
        }
    }

    @Test
    void aPortInUseIsNoMistakeOfTheConfiguration() throws Exception {
        try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            UpConfig config = config("""
                    kafka: {port: 0}
                    ingest: {netflow: {enabled: false}}
                    alerting: {http: {port: %d}}
                    """.formatted(tcp.getLocalPort()));
            assertThatThrownBy(() -> StartChecks.up(config))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("choose another with alerting.http.port");
        }
    }

    @Test
    void aPortGivenTwiceIsFound() throws Exception {
        // Not 0, which two servers may share; a port that another process has taken meanwhile is named just the same.
        int port = PublishedFlows.freePort();
        UpConfig config = config("""
                kafka: {port: %1$d}
                ingest: {netflow: {enabled: false}}
                alerting: {http: {port: %1$d}}
                """.formatted(port));
        assertThatThrownBy(() -> StartChecks.up(config)).hasMessageContaining("alerting.http.port");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka: {port: 70000}|outside 0..65535",
                "kafka: {partitions: 0}|partitions must be at least 1",
                "analytics: {parallelism: 0}|parallelism must be at least 1",
                "alerting: {http: {port: 0}, database: 'mysql://db/weir'}|alerting.database must be a JDBC URL"
            })
    void valueOutOfBoundsIsFoundBeforeAnythingStarts(String yaml, String message) {
        assertThatThrownBy(() -> StartChecks.up(config("ingest: {netflow: {enabled: false}}\n" + yaml + "\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void metricsPortIsOutOfBoundsThenFileIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("ingest.yaml"), "metrics_port: 70000\n");
        assertThatThrownBy(() -> ConfigLoader.load(file, ProcessConfig.OfIngest.class, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("metrics_port 70000 is outside 0..65535");
    }

    @Test
    void correctConfigurationPassesAndKeepsNoPort() throws Exception {
        // Not 0, since only a known port can be bound again; another process may take it first, so others are tried.
        await().atMost(LIMIT)
                .ignoreExceptionsMatching(e -> e instanceof UnavailableException || e instanceof BindException)
                .untilAsserted(() -> {
                    int port = PublishedFlows.freePort();
                    StartChecks.up(config("""
                            kafka: {port: %d}
                            ingest: {netflow: {port: 0}}
                            alerting: {http: {port: 0}}
                            """.formatted(port)));
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "alerting: {http: {port: 0, keystore: FILE}}|alerting.http.keystore: FILE cannot be opened",
                "ingest: {netflow: {port: 0, tcp: {enabled: true, port: 0, certificate: FILE, key: FILE}}}"
                        + "|ingest.netflow.tcp.certificate, .key and .client_ca must name PEM files",
                "ingest: {netflow: {enabled: false}, networks: {databases: [FILE]}}"
                        + "|FILE: is no database in MaxMind's format",
                "ingest: {netflow: {enabled: false}, networks: {lists: {partners: FILE}}}"
                        + "|FILE:1: 'hello' is not an address or a block",
                "ingest: {netflow: {enabled: false}, kubernetes: {enabled: true, kubeconfig: FILE}}"
                        + "|FILE: is no kubeconfig",
                "ingest: {netflow: {enabled: false}, hubble: {server: 'relay:443', ca: FILE}}"
                        + "|ingest.hubble.ca: FILE: must be a PEM file with certificates",
                "ingest: {netflow: {enabled: false}, goldmane: {server: 'goldmane:7443', certificate: FILE, key: FILE}}"
                        + "|ingest.goldmane.certificate and .key: FILE, FILE: must be PEM files",
            })
    void fileHoldsSomethingElseThenItIsRefused(String yaml, String message) throws Exception {
        Path other = Files.writeString(folder.resolve("other"), "hello\n");
        UpConfig config = config("kafka: {port: 0}\n" + yaml.replace("FILE", other.toString()) + "\n");
        assertThatThrownBy(() -> StartChecks.up(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message.replace("FILE", other.toString()))
                .hasMessageNotContaining("Exception");
    }

    @Test
    void kubeconfigChoosesNoClusterThenItIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("kubeconfig"), "apiVersion: v1\nkind: Config\nclusters: []\n");
        UpConfig config = config("""
                kafka: {port: 0}
                ingest: {netflow: {enabled: false}, kubernetes: {enabled: true, kubeconfig: %s}}
                alerting: {http: {port: 0}}
                """.formatted(file));
        assertThatThrownBy(() -> StartChecks.up(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("its current-context is none of its contexts");
    }

    @Test
    void certificateOfAStreamIsMissingThenItsKeyIsNamed() throws Exception {
        UpConfig config = config("""
                kafka: {port: 0}
                ingest:
                  netflow: {enabled: false}
                  hubble: {server: 'relay:443', ca: FOLDER/ca.pem}
                  goldmane: {server: 'goldmane:7443', certificate: FOLDER/tls.crt, key: FOLDER/tls.key}
                alerting: {http: {port: 0}}
                """.replace("FOLDER", folder.toString()));
        assertThatThrownBy(() -> StartChecks.up(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(
                        "ca.pem: there is no such file, or it may not be read; ingest.hubble.ca names it",
                        "ingest.goldmane.certificate names it",
                        "ingest.goldmane.key names it");
    }

    @Test
    void databaseCannotBeReachedThenItIsFoundFirst() throws Exception {
        UpConfig config = config("""
                kafka: {port: 0}
                ingest: {netflow: {enabled: false}}
                alerting: {http: {port: 0}, database: 'jdbc:postgresql://127.0.0.1:1/weir'}
                """);
        assertThatThrownBy(() -> StartChecks.up(config))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("alerting.database: jdbc:postgresql://127.0.0.1:1/weir cannot be opened");
    }

    private UpConfig config(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("weir.yaml"), "data: " + folder.resolve("data") + "\n" + yaml);
        return ConfigLoader.load(file, UpConfig.class, Map.of());
    }
}
