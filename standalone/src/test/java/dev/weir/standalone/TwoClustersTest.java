package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.alerting.AlertingConfig;
import dev.weir.alerting.notify.slack.SlackConfig;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.Ingest;
import dev.weir.ingest.IngestConfig;
import dev.weir.ingest.collector.logs.LogsCollectors;
import dev.weir.ingest.collector.logs.LogsConfig;
import dev.weir.ingest.collector.manifests.ManifestsCollector;
import dev.weir.ingest.collector.manifests.ManifestsConfig;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.netflow.NetflowConfig;
import dev.weir.model.Alert;
import dev.weir.model.codec.Json;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two clusters with the same pod addresses in one Kafka, from their files to Slack. */
class TwoClustersTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: shop, labels: {app: %1$s}}
            status: {podIP: %s}
            ---
            """;
    private static final String CLOSED = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: closed, namespace: shop}
            spec: {podSelector: {}, policyTypes: [Ingress]}
            """;

    @TempDir
    Path folder;

    private final List<Alert> alerts = new CopyOnWriteArrayList<>();

    @Test
    void alertsNameWorkloadsOfTheirOwnCluster() throws Exception {
        Path a = manifests("a", POD.formatted("web", "10.0.0.5") + POD.formatted("db", "10.0.0.6") + CLOSED);
        Path b = manifests("b", POD.formatted("queue", "10.0.0.5") + POD.formatted("vault", "10.0.0.6"));
        try (FakeSlack slack = new FakeSlack();
                AllInOne weir = new AllInOne(
                        config(a, slack),
                        false,
                        InstantSource.system(),
                        new CollectorRegistry(),
                        (alert, applied) -> alerts.add(alert),
                        part -> {})) {
            KafkaConfig kafka = weir.kafka();
            try (Ingest publisher = started(kafka, manifests(b).withCluster("b"))) {
                await().atMost(PATIENCE).until(() -> workloads(weir, "b").contains("vault"));
                Path flows = Files.writeString(
                        folder.resolve("flows.ndjson"), flow("a") + flow("b") + flow(null) + flow("b") + flow("a"));
                LogsConfig logs = new LogsConfig(List.of(flows.toString()), true, null, null, null);
                IngestConfig reading = IngestConfig.defaults()
                        .with(NetflowCollector.TYPE, NetflowConfig.off())
                        .with(LogsCollectors.TYPE, logs);
                try (Ingest reader = started(kafka, reading)) {
                    await().atMost(PATIENCE).until(() -> slack.messages().stream()
                            .anyMatch(message -> message.toString().contains("shop/web")));
                }
            }
            assertThat(slack.messages())
                    .noneMatch(message -> message.toString().contains("queue")
                            || message.toString().contains("vault"));
            assertThat(alerts).isNotEmpty().allSatisfy(alert -> {
                assertThat(alert.cluster()).isEqualTo("a");
                assertThat(alert.source().display()).isEqualTo("shop/web");
            });

            assertThat(get(weir, "alerts?cluster=a").path("alerts")).isNotEmpty();
            assertThat(get(weir, "incidents?cluster=a").path("incidents")).isNotEmpty();
            for (String of : List.of("alerts", "incidents")) {
                assertThat(get(weir, of + "?cluster=b").path(of)).as(of).isEmpty();
            }
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            get(weir, "service-map").path("nodes").findValuesAsText("id"))
                    .contains("a|workload/shop/Pod/web", "b|workload/shop/Pod/queue"));
            assertThat(get(weir, "service-map?cluster=b").path("nodes").findValuesAsText("cluster"))
                    .isNotEmpty()
                    .containsOnly("b");

            Files.delete(b.resolve("all.yaml"));
            try (Ingest publisher = started(kafka, manifests(b).withCluster("b"))) {
                await().atMost(PATIENCE).until(() -> !workloads(weir, "b").contains("vault"));
                assertThat(workloads(weir, "a")).contains("web", "db");
            }
        }
    }

    private UpConfig config(Path manifests, FakeSlack slack) {
        return new UpConfig(
                folder.resolve("data").toString(),
                new UpConfig.BrokerConfig(0, null),
                manifests(manifests).withCluster("a"),
                AnalyticsConfig.defaults().waiting(Duration.ofSeconds(2), Duration.ofSeconds(5)),
                AlertingConfig.defaults()
                        .with(AlertingConfig.HttpConfig.at(null, 0), new SlackConfig(slack.url(), null, null)));
    }

    private static IngestConfig manifests(Path directory) {
        return IngestConfig.defaults()
                .with(NetflowCollector.TYPE, NetflowConfig.off())
                .with(ManifestsCollector.TYPE, new ManifestsConfig(directory.toString(), Duration.ofMillis(200)));
    }

    private Path manifests(String name, String yaml) throws IOException {
        Path directory = Files.createDirectories(folder.resolve(name));
        Files.writeString(directory.resolve("all.yaml"), yaml);
        return directory;
    }

    private Ingest started(KafkaConfig kafka, IngestConfig config) throws InterruptedException {
        Ingest ingest = new Ingest(
                config.withSpool(config.spool().at(folder.resolve("spool").toString())),
                kafka,
                InstantSource.system(),
                new CollectorRegistry());
        ingest.start();
        return ingest;
    }

    private static String flow(@Nullable String cluster) {
        long now = System.currentTimeMillis();
        return "{\"start_ms\":" + (now - 20) + ",\"end_ms\":" + now
                + ",\"source\":{\"ip\":\"10.0.0.5\",\"port\":40000,\"bytes\":900,\"packets\":9},"
                + "\"destination\":{\"ip\":\"10.0.0.6\",\"port\":5432,\"bytes\":900,\"packets\":9},"
                + "\"protocol\":\"TCP\",\"verdict\":\"FORWARDED\",\"is_reply\":false"
                + (cluster == null ? "" : ",\"cluster\":\"" + cluster + "\"") + "}\n";
    }

    private static String workloads(AllInOne weir, String cluster) throws Exception {
        return get(weir, "workloads?cluster=" + cluster).path("workloads").toString();
    }

    private static JsonNode get(AllInOne weir, String path) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(weir.url() + "/api/v1/" + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return Json.MAPPER.readTree(answer.body());
    }
}
