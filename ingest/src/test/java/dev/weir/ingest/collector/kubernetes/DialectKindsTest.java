package dev.weir.ingest.collector.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.ContextChange;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Watches policies of Cilium, Calico and Istio as an API server returns them; their definitions are added after the
 * start.
 */
@Tag("shared-data")
class DialectKindsTest {
    private static final Path FOLDER = Path.of("../../shared/data/faults/odd-policies");
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    @Test
    void everyPolicyIsKeptUnderAKeyOfItsGroup() throws Exception {
        List<Manifest> policies = ManifestFile.read(FOLDER.resolve("dial.yaml")).manifests();
        Map<String, ContextChange> topic = new ConcurrentHashMap<>();
        try (ApiServer api = new ApiServer()) {
            Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), api.kubeconfig());
            KubernetesConfig config =
                    new KubernetesConfig(true, kubeconfig.toString(), false, null, null, null, Duration.ofMillis(200));
            try (KubernetesCollector collector = new KubernetesCollector(
                    config,
                    null,
                    Duration.ofDays(1),
                    Map::of,
                    changes -> changes.forEach(change -> topic.put(change.key(), change)),
                    InstantSource.system(),
                    new IngestMetrics(new CollectorRegistry()))) {
                collector.start();
                await().atMost(LIMIT).until(() -> api.isWatched("pods"));
                policies.forEach(policy ->
                        api.put(collection(policy.object()), policy.object().toString()));
                ManifestFile.read(FOLDER.resolve("crds.yaml"))
                        .manifests()
                        .forEach(definition -> serve(api, definition));
                await().atMost(LIMIT).until(() -> topic.size() >= policies.size());
            }
        }
        assertThat(topic.keySet())
                .containsExactlyInAnyOrder(
                        "CiliumNetworkPolicy.cilium.io/churn/dial",
                        "GlobalNetworkPolicy.crd.projectcalico.org//default.dial-old",
                        "NetworkPolicy.crd.projectcalico.org/churn/default.dial-old",
                        "NetworkPolicy.projectcalico.org/churn/dial-v3",
                        "GlobalNetworkPolicy.projectcalico.org//dial-v3",
                        "AuthorizationPolicy.security.istio.io/churn/dial");
    }

    private static void serve(ApiServer api, Manifest definition) {
        String group = definition.object().path("spec").path("group").asText();
        String kind =
                definition.object().path("spec").path("names").path("kind").asText();
        List<WatchedKinds.Kind> watched = WatchedKinds.ALL.stream()
                .filter(each -> each.group().equals(group) && each.kind().equals(kind))
                .toList();
        assertThat(watched).as(group + " " + kind).hasSize(1);
        watched.forEach(api::serve);
    }

    private static String collection(ObjectNode policy) {
        String group = ContextChange.groupOf(policy.path("apiVersion").asText());
        WatchedKinds.Kind kind = WatchedKinds.ALL.stream()
                .filter(each -> each.group().equals(group)
                        && each.kind().equals(policy.path("kind").asText()))
                .findFirst()
                .orElseThrow();
        return (group.endsWith("projectcalico.org") ? group + "/" : "") + kind.plural();
    }
}
