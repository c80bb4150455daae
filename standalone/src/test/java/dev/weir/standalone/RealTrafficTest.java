package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods that are network namespaces, an exporter in their path, and real connections between real programs. */
class RealTrafficTest {
    private static final Duration FROM_EXPORT_TO_SLACK = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void forbiddenConnectionReachesSlackWithItsRule() throws Exception {
        PodNetwork.requirePossible();
        try (PodNetwork network = new PodNetwork(List.of("web", "api", "db"), folder);
                FakeSlack slack = new FakeSlack()) {
            Path manifests = describe(network);
            String config = Files.writeString(folder.resolve("weir.yaml"), """
                            data: %s
                            kafka: {port: 0}
                            ingest:
                              netflow: {host: %s, port: 0}
                              manifests: {path: %s}
                            alerting:
                              http: {port: 0}
                              slack: {webhook_url: "%s"}
                            """.formatted(
                                    folder.resolve("data"), network.collectorAddress(), manifests, slack.url()))
                    .toString();
            try (WeirProcess weir =
                    WeirProcess.start(folder, "up", "--config", config).awaitReady()) {
                network.export(netflowPort(weir));
                network.serve("db", 5432);
                network.connect("api", "db", 5432);
                network.connect("web", "db", 5432);
                await().atMost(WeirProcess.PATIENCE).until(() -> exported(weir) > 0);
                await().atMost(FROM_EXPORT_TO_SLACK)
                        .until(() -> !slack.messages().isEmpty());

                String text = slack.messages().get(0).toString();
                assertThat(text)
                        .contains("shop/web to shop/db TCP/5432 is let through although policy denies it")
                        .contains("NetworkPolicy shop/db ingress")
                        .contains("pod label app is 'web', not 'api'")
                        .contains("/api/v1/incidents/");
                JsonNode alert = weir.alerts().values().iterator().next();
                assertThat(weir.alerts()).hasSize(1);
                assertThat(alert.path("detector").asText()).isEqualTo("policy-bypass");
                assertThat(alert.at("/evidence/flows/0/collector").asText()).isEqualTo("netflow");
                assertThat(alert.at("/evidence/flows/0/destination/packets").asLong())
                        .isPositive();
            }
        }
    }

    private Path describe(PodNetwork network) throws Exception {
        Path manifests = Files.createDirectories(folder.resolve("manifests"));
        StringBuilder yaml = new StringBuilder("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: shop}
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: db, namespace: shop}
                spec:
                  podSelector: {matchLabels: {app: db}}
                  ingress:
                    - from: [{podSelector: {matchLabels: {app: api}}}]
                      ports: [{port: 5432}]
                """);
        for (String pod : network.pods()) {
            yaml.append("""
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: %s, namespace: shop, labels: {app: %s}}
                    spec: {containers: [{name: c}]}
                    status: {podIP: %s}
                    """.formatted(pod, pod, network.address(pod)));
        }
        Files.writeString(manifests.resolve("shop.yaml"), yaml);
        return manifests;
    }

    private static int netflowPort(WeirProcess weir) {
        String line = weir.output()
                .lines()
                .filter(each -> each.startsWith("NetFlow"))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
    }

    private static double exported(WeirProcess weir) throws Exception {
        return weir.text("/metrics")
                .lines()
                .filter(line -> line.startsWith("weir_ingest_flows_published_total{collector=\"netflow\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
