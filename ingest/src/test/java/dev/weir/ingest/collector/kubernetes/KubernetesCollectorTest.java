package dev.weir.ingest.collector.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.config.UnavailableException;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.ContextChange;
import dev.weir.model.codec.Json;
import dev.weir.model.context.ContextHistory;
import dev.weir.model.context.DialectSettings;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesCollectorTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final Path folder;
    private final Map<String, ContextChange> topic = new ConcurrentHashMap<>();
    private final List<ContextChange> published = new CopyOnWriteArrayList<>();

    KubernetesCollectorTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void objectsArePublishedWithTheirOwnTimes() throws IOException {
        try (ApiServer api = new ApiServer()) {
            topic.put("Pod/shop/old", change("Pod", "shop", "old"));
            api.put("namespaces", "{\"metadata\":{\"name\":\"shop\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"}}");
            api.put("pods", pod("web-1", "10.0.0.7", "2026-01-01T00:00:05Z"));
            api.put("networkpolicies", """
                    {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"db","namespace":"shop",
                     "creationTimestamp":"2026-01-01T00:00:01Z","managedFields":[{"time":"2026-01-01T00:00:01Z"}]},
                     "spec":{"podSelector":{}}}
                    """);
            try (KubernetesCollector collector = started(api, false)) {
                await().atMost(LIMIT)
                        .until(() ->
                                topic.size() == 4 && topic.get("Pod/shop/old").deleted());
                ContextChange pod = topic.get("Pod/shop/web-1");
                assertThat(pod.validFromMs())
                        .isEqualTo(Instant.parse("2026-01-01T00:00:05Z").toEpochMilli());
                assertThat(pod.object()).contains("10.0.0.7").doesNotContain("image");
                assertThat(topic.get("NetworkPolicy/shop/db").object()).doesNotContain("managedFields");

                int before = published.size();
                api.put("pods", pod("web-1", "10.0.0.7", "2026-01-01T00:00:05Z"));
                api.put("networkpolicies", """
                        {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"db","namespace":"shop",
                         "creationTimestamp":"2026-01-01T00:00:01Z","managedFields":[{"time":"2026-02-01T00:00:00Z"}]},
                         "spec":{"podSelector":{},"policyTypes":["Egress"]}}
                        """);
                await().atMost(LIMIT).until(() -> published.size() > before);
                assertThat(published.get(before).key())
                        .as("the pod is as it was")
                        .isEqualTo("NetworkPolicy/shop/db");
                assertThat(published.get(before).validFromMs())
                        .isEqualTo(Instant.parse("2026-02-01T00:00:00Z").toEpochMilli());
            }
        }
    }

    @Test
    void reusedAddressBelongsToThePodOfItsTime() throws IOException {
        try (ApiServer api = new ApiServer();
                KubernetesCollector collector = started(api, false)) {
            await().atMost(LIMIT).until(() -> api.isWatched("pods"));
            api.put("pods", pod("a", "10.0.0.7", "2026-01-01T00:00:00Z"));
            await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/a"));
            api.put(
                    "pods",
                    pod("a", "10.0.0.7", "2026-01-01T00:00:00Z")
                            .replace(
                                    "\"podIP\"",
                                    "\"containerStatuses\":[{\"state\":{\"terminated\":{\"finishedAt\":"
                                            + "\"2026-01-01T00:10:00Z\"}}}],\"podIP\""));
            api.delete("pods", "a");
            api.put("pods", pod("b", "10.0.0.7", "2026-01-01T00:10:02Z"));
            await().atMost(LIMIT)
                    .until(() -> topic.containsKey("Pod/shop/b")
                            && topic.get("Pod/shop/a").deleted());
            ContextHistory history = new ContextHistory(Duration.ofDays(10_000));
            published.forEach(history::apply);
            assertThat(owner(history, "2026-01-01T00:09:59Z")).isEqualTo("a");
            assertThat(owner(history, "2026-01-01T00:10:01Z")).isEqualTo("null");
            assertThat(owner(history, "2026-01-01T00:10:02Z")).isEqualTo("b");
        }
    }

    @Test
    void goneWatchIsRelistedWithoutLoss() throws IOException {
        try (ApiServer api = new ApiServer();
                KubernetesCollector collector = started(api, false)) {
            api.put("pods", pod("a", "10.0.0.7", "2026-01-01T00:00:00Z"));
            api.put("pods", pod("b", "10.0.0.8", "2026-01-01T00:00:00Z"));
            await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/b"));
            int lists = api.lists.get();
            api.forget("pods", () -> {
                api.delete("pods", "a");
                api.put("pods", pod("c", "10.0.0.9", "2026-01-01T00:00:00Z"));
            });
            await().atMost(LIMIT)
                    .until(() -> topic.containsKey("Pod/shop/c")
                            && topic.get("Pod/shop/a").deleted());
            assertThat(api.lists.get()).isGreaterThan(lists);
            assertThat(published.stream().filter(change -> change.key().equals("Pod/shop/b")))
                    .hasSize(1);
        }
    }

    @Test
    void secondReplicaTakesOverPublishing() throws IOException {
        try (ApiServer api = new ApiServer()) {
            api.put("pods", pod("a", "10.0.0.7", "2026-01-01T00:00:00Z"));
            KubernetesCollector first = started(api, true);
            await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/a"));
            try (KubernetesCollector second = started(api, true)) {
                api.put("pods", pod("b", "10.0.0.8", "2026-01-01T00:00:00Z"));
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/b"));
                first.close();
                api.put("pods", pod("c", "10.0.0.9", "2026-01-01T00:00:00Z"));
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/c"));
                assertThat(published).extracting(ContextChange::key).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void lostLeaderStandsForElectionAgain() throws IOException {
        try (ApiServer api = new ApiServer()) {
            api.put("pods", pod("a", "10.0.0.7", "2026-01-01T00:00:00Z"));
            try (KubernetesCollector collector = started(api, true)) {
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/a"));
                api.refuseLeases(true);
                await().atMost(LIMIT).until(() -> leads() == 0);
                api.put("pods", pod("b", "10.0.0.8", "2026-01-01T00:00:00Z"));
                api.refuseLeases(false);
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/b") && leads() == 1);
                assertThat(published).extracting(ContextChange::key).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void restartFindsEverythingUnchanged() throws IOException {
        try (ApiServer api = new ApiServer()) {
            for (int i = 0; i < 2_000; i++) {
                api.put("pods", pod("p" + i, "10.1." + i / 250 + "." + i % 250, "2026-01-01T00:00:00Z"));
            }
            try (KubernetesCollector first = started(api, false)) {
                await().atMost(LIMIT).until(() -> topic.size() == 2_000);
            }
            published.clear();
            try (KubernetesCollector second = started(api, false)) {
                api.put("pods", pod("last", "10.2.0.1", "2026-01-01T00:00:00Z"));
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/last"));
            }
            assertThat(published).extracting(ContextChange::key).containsExactly("Pod/shop/last");
        }
    }

    @Test
    void unreachableRequiredServerIsNamed() throws IOException {
        Path file = Files.writeString(
                folder.resolve("kubeconfig"),
                "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster:"
                        + " {server: \"http://127.0.0.1:1\"}}]\ncontexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x\n");
        KubernetesConfig config = new KubernetesConfig(true, file.toString(), false, null, null, null, null);
        KubernetesCollector collector = collector(config);
        assertThatThrownBy(collector::requireAnswer)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("http://127.0.0.1:1/ does not answer");
    }

    @Test
    void rightsCoverExactlyTheWatchedKinds() {
        StringBuilder granted = new StringBuilder();
        ManifestFile.read(Path.of("../deploy/kubernetes/rbac.yaml")).manifests().stream()
                .filter(manifest -> manifest.kind().equals("ClusterRole"))
                .forEach(role -> role.object().path("rules").forEach(rule -> {
                    assertThat(rule.path("verbs").toString()).isEqualTo("[\"list\",\"watch\"]");
                    for (JsonNode resource : rule.path("resources")) {
                        JsonNode only = rule.path("resourceNames");
                        if (!only.isMissingNode()) {
                            assertThat(Json.MAPPER.convertValue(only, String[].class))
                                    .containsExactlyInAnyOrderElementsOf(DialectSettings.NAMES);
                        }
                        granted.append(rule.path("apiGroups").path(0).asText())
                                .append('/')
                                .append(resource.asText())
                                .append(' ');
                    }
                }));
        assertThat(granted.toString().split(" "))
                .containsExactlyInAnyOrder(WatchedKinds.ALL.stream()
                        .map(kind -> kind.group() + "/" + kind.plural())
                        .distinct()
                        .toArray(String[]::new));
    }

    private KubernetesCollector started(ApiServer api, boolean election) throws IOException {
        Path file = Files.writeString(folder.resolve("kubeconfig"), api.kubeconfig());
        KubernetesCollector collector = collector(
                new KubernetesConfig(true, file.toString(), election, null, null, Duration.ofSeconds(3), null));
        collector.start();
        return collector;
    }

    private KubernetesCollector collector(KubernetesConfig config) {
        return new KubernetesCollector(
                config,
                null,
                Duration.ofDays(10_000),
                () -> Map.copyOf(topic),
                changes -> changes.forEach(change -> {
                    published.add(change);
                    topic.put(change.key(), change);
                }),
                InstantSource.system(),
                metrics);
    }

    private double leads() {
        return registry.getSampleValue("weir_ingest_kubernetes_leads");
    }

    private static String owner(ContextHistory history, String time) {
        return String.valueOf(history.resolve(
                        dev.weir.model.Endpoint.of("10.0.0.7", 1),
                        Instant.parse(time).toEpochMilli())
                .pod());
    }

    private static ContextChange change(String kind, String namespace, String name) {
        return new ContextChange(
                kind, namespace, name, 1, KubernetesCollector.KIND, "{\"metadata\":{\"name\":\"old\"}}");
    }

    private static String pod(String name, String ip, String started) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","namespace":"shop","creationTimestamp":"%s"},
                 "spec":{"nodeName":"n1","containers":[{"name":"c","image":"x"}]},
                 "status":{"phase":"Running","startTime":"%s","podIP":"%s"}}
                """.formatted(name, started, started, ip);
    }
}
