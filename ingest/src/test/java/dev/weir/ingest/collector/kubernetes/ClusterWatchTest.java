package dev.weir.ingest.collector.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.publish.ContextSink;
import dev.weir.model.ContextChange;
import dev.weir.model.PolicyKind;
import dev.weir.model.codec.Json;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Watches groups, clusters and later definitions, through restarts and unreachable servers. */
class ClusterWatchTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String CREATED = "2026-01-01T00:00:00Z";

    @TempDir
    Path folder;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final Map<String, ContextChange> topic = new ConcurrentHashMap<>();
    private final List<ContextChange> published = new CopyOnWriteArrayList<>();
    private final List<String> deleted = new CopyOnWriteArrayList<>();
    private Duration history = Duration.ofDays(10_000);

    @Test
    void policiesOfOneNameInThreeGroupsAreThreeObjects() throws IOException {
        try (ApiServer api = new ApiServer()) {
            WatchedKinds.ALL.forEach(api::serve);
            api.put("networkpolicies", policy("networking.k8s.io/v1", "NetworkPolicy", "shop"));
            api.put(
                    "crd.projectcalico.org/networkpolicies",
                    policy("crd.projectcalico.org/v1", "NetworkPolicy", "shop"));
            api.put("projectcalico.org/networkpolicies", policy("projectcalico.org/v3", "NetworkPolicy", "shop"));
            api.put("projectcalico.org/globalnetworkpolicies", policy(null, "GlobalNetworkPolicy", null));
            api.put("ciliumnetworkpolicies", policy("cilium.io/v2", "CiliumNetworkPolicy", "shop"));
            try (KubernetesCollector collector = started(api, "prod")) {
                await().atMost(LIMIT).until(() -> topic.size() == 5);
                assertThat(topic.keySet())
                        .containsExactlyInAnyOrder(
                                "prod/NetworkPolicy/shop/p",
                                "prod/NetworkPolicy.crd.projectcalico.org/shop/p",
                                "prod/NetworkPolicy.projectcalico.org/shop/p",
                                "prod/GlobalNetworkPolicy.projectcalico.org//p",
                                "prod/CiliumNetworkPolicy.cilium.io/shop/p");
                assertThat(topic.get("prod/GlobalNetworkPolicy.projectcalico.org//p")
                                .object())
                        .contains("projectcalico.org/v3");
                api.delete("crd.projectcalico.org/networkpolicies", "p");
                await().atMost(LIMIT).until(() -> topic.get("prod/NetworkPolicy.crd.projectcalico.org/shop/p")
                        .deleted());
                assertThat(topic.values().stream().filter(ContextChange::deleted))
                        .hasSize(1);
            }
        }
    }

    @Test
    void publisherEndsObjectsOfItsOwnClusterOnly() throws IOException {
        for (String cluster : List.of("a", "b")) {
            keep(pod(cluster, "old"));
        }
        keep(pod(null, "old"));
        try (ApiServer api = new ApiServer();
                KubernetesCollector collector = started(api, "a")) {
            await().atMost(LIMIT).until(() -> topic.get("a/Pod/shop/old").deleted());
            api.put("pods", podAsServed("new", "{}"));
            await().atMost(LIMIT).until(() -> topic.containsKey("a/Pod/shop/new"));
            assertThat(published).allMatch(change -> "a".equals(change.cluster()));
        }
    }

    @Test
    void kindThatIsDefinedLaterIsFollowedFromThenOn() throws IOException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ServedKinds.class);
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        WatchedKinds.Kind late = WatchedKinds.ALL.stream()
                .filter(kind -> kind.kind().equals("CiliumNetworkPolicy"))
                .findFirst()
                .orElseThrow();
        long optional = PolicyKind.watched().filter(kind -> !kind.isBuiltIn()).count();
        try (ApiServer api = new ApiServer();
                KubernetesCollector collector = started(api, null)) {
            await().atMost(LIMIT).until(() -> kindsMissing() == optional);
            api.put("ciliumnetworkpolicies", policy("cilium.io/v2", "CiliumNetworkPolicy", "shop"));
            api.serve(late);
            await().atMost(LIMIT).until(() -> topic.containsKey("CiliumNetworkPolicy.cilium.io/shop/p"));
            await().atMost(LIMIT).until(() -> kindsMissing() == optional - 1);
            List<String> about = log.list.stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .filter(line -> line.contains(" CiliumNetworkPolicy "))
                    .toList();
            assertThat(about).hasSize(2);
            assertThat(about.get(0)).contains("is not served here");
            assertThat(about.get(1)).contains("is served now");
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
    }

    /** One of two versions of a kind is watched, and a restart with the other one ends none of its objects. */
    @ParameterizedTest
    @CsvSource({"v2, v2", "v2alpha1, v2alpha1", "v2alpha1;v2, v2"})
    void firstServedVersionOfKindIsWatched(String served, String watched) throws IOException {
        keep(new ContextChange(null, "cilium.io", "CiliumCIDRGroup", null, "p", 1, KubernetesCollector.KIND, "{}"));
        try (ApiServer api = new ApiServer()) {
            for (WatchedKinds.Kind kind : WatchedKinds.ALL) {
                if (kind.kind().equals("CiliumCIDRGroup")
                        && List.of(served.split(";")).contains(kind.version())) {
                    api.serve(kind);
                }
            }
            api.put("ciliumcidrgroups", policy(null, "CiliumCIDRGroup", null));
            try (KubernetesCollector collector = started(api, null)) {
                await().atMost(LIMIT).until(() -> published.stream()
                        .anyMatch(change -> change.kind().equals("CiliumCIDRGroup")
                                && String.valueOf(change.object()).contains("cilium.io/" + watched + "\"")));
                api.put("pods", podAsServed("last", "{}"));
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/last"));
                assertThat(topic.get("CiliumCIDRGroup.cilium.io//p").deleted()).isFalse();
                assertThat(published)
                        .filteredOn(change -> change.kind().equals("CiliumCIDRGroup"))
                        .hasSize(1);
            }
        }
    }

    @Test
    void onlySettingsOfPluginsAreReadOfConfigMaps() throws IOException {
        try (ApiServer api = new ApiServer()) {
            api.put("configmaps", settings("other", "secret"));
            api.put("configmaps", settings("cilium-config", "enable-host-firewall"));
            try (KubernetesCollector collector = started(api, null)) {
                await().atMost(LIMIT).until(() -> topic.containsKey("ConfigMap/kube-system/cilium-config"));
                api.put("pods", podAsServed("last", "{}"));
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/last"));
            }
        }
        assertThat(topic).doesNotContainKey("ConfigMap/kube-system/other");
        assertThat(topic.get("ConfigMap/kube-system/cilium-config").object())
                .contains("enable-host-firewall")
                .doesNotContain("password");
    }

    @Test
    void objectsOfKindsNotAnsweredForAreNotEnded() throws IOException {
        keep(new ContextChange(
                null, "cilium.io", "CiliumNetworkPolicy", "shop", "p", 1, KubernetesCollector.KIND, "{}"));
        keep(pod(null, "old"));
        try (ApiServer api = new ApiServer()) {
            api.failDiscovery(true);
            try (KubernetesCollector collector = started(api, null)) {
                await().atMost(LIMIT).until(() -> topic.get("Pod/shop/old").deleted());
                assertThat(topic.get("CiliumNetworkPolicy.cilium.io/shop/p").deleted())
                        .isFalse();
                api.failDiscovery(false);
                await().atMost(LIMIT).until(() -> topic.get("CiliumNetworkPolicy.cilium.io/shop/p")
                        .deleted());
            }
        }
    }

    @Test
    void restartPublishesNothingThatMeansTheSame() throws IOException {
        String spec = "\"labels\":{\"app\":\"web\",\"tier\":\"front\"}";
        keep(new ContextChange(
                "Pod",
                "shop",
                "same",
                1,
                KubernetesCollector.KIND,
                "{\"status\":{\"podIP\":\"10.0.0.7\"},\"metadata\":{\"namespace\":\"shop\",\"creationTimestamp\":\""
                        + CREATED
                        + "\",\"labels\":{\"tier\":\"front\",\"app\":\"web\"},\"name\":\"same\"},\"spec\":{}}"));
        try (ApiServer api = new ApiServer()) {
            api.put("pods", podAsServed("same", "{" + spec + "}"));
            api.put("pods", podAsServed("other", "{}"));
            try (KubernetesCollector collector = started(api, null)) {
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/other"));
                api.put("pods", podAsServed("last", "{}"));
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/last"));
                assertThat(published)
                        .extracting(ContextChange::key)
                        .containsExactlyInAnyOrder("Pod/shop/other", "Pod/shop/last");
            }
        }
    }

    @Test
    void keyOfAnEarlierReleaseIsDeletedOnceReplaced() throws IOException {
        topic.put(
                "CiliumNetworkPolicy/shop/p",
                new ContextChange(
                        null, "cilium.io", "CiliumNetworkPolicy", "shop", "p", 1, KubernetesCollector.KIND, "{}"));
        try (ApiServer api = new ApiServer()) {
            WatchedKinds.ALL.forEach(api::serve);
            try (KubernetesCollector collector = started(api, null)) {
                await().atMost(LIMIT)
                        .until(() -> topic.containsKey("CiliumNetworkPolicy.cilium.io/shop/p")
                                && topic.get("CiliumNetworkPolicy.cilium.io/shop/p")
                                        .deleted());
            }
            ClusterChanges changes = new ClusterChanges(
                    null, Map.of("CiliumNetworkPolicy/shop/p", live()), history, InstantSource.system());
            changes.notAmong(kind("CiliumNetworkPolicy"), Set.of());
            assertThat(changes.past()).containsExactly("CiliumNetworkPolicy/shop/p");
        }
    }

    @Test
    void objectsThatEndedBeforeTheHistoryAreDeleted() throws IOException {
        history = Duration.ofHours(24);
        long now = Instant.now().toEpochMilli();
        keep(pod(null, "long-gone").ended(now - Duration.ofHours(25).toMillis()));
        keep(pod(null, "just-gone").ended(now - Duration.ofHours(23).toMillis()));
        keep(pod("other", "long-gone").ended(1));
        try (ApiServer api = new ApiServer();
                KubernetesCollector collector = started(api, null)) {
            await().atMost(LIMIT).until(() -> !deleted.isEmpty());
            assertThat(deleted).containsExactly("Pod/shop/long-gone");
        }
    }

    @Test
    void serverThatIsAwayAtTheStartIsTriedAgain() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path file = Files.writeString(folder.resolve("away"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(port));
        try (KubernetesCollector collector = collector(file, null)) {
            collector.start();
            await().atMost(LIMIT).until(() -> reconnects() >= 1);
            try (ApiServer api = startedAt(port)) {
                api.put("pods", podAsServed("web", "{}"));
                await().atMost(LIMIT).until(() -> topic.containsKey("Pod/shop/web"));
            }
        }
    }

    /**
     * Starts a server at a port that the kubeconfig has named before there is a server. Another process may hold the
     * port meanwhile, so a start that fails is repeated.
     */
    private static ApiServer startedAt(int port) {
        return await().atMost(LIMIT).ignoreExceptions().until(() -> new ApiServer(port), api -> true);
    }

    private double kindsMissing() {
        return registry.getSampleValue("weir_ingest_kubernetes_kinds_missing");
    }

    private double reconnects() {
        Double count = registry.getSampleValue(
                "weir_ingest_reconnects_total", new String[] {"collector"}, new String[] {KubernetesCollector.KIND});
        return count == null ? 0 : count;
    }

    private static WatchedKinds.Kind kind(String name) {
        return WatchedKinds.ALL.stream()
                .filter(kind -> kind.kind().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String settings(String name, String key) {
        ObjectNode map = Json.MAPPER.createObjectNode();
        map.putObject("metadata").put("name", name).put("namespace", "kube-system");
        map.putObject("data").put(key, "true").put("password", "x");
        return map.toString();
    }

    private static ContextChange live() {
        return new ContextChange(
                null, "cilium.io", "CiliumNetworkPolicy", "shop", "p", 1, KubernetesCollector.KIND, "{}");
    }

    private void keep(ContextChange change) {
        topic.put(change.key(), change);
    }

    private static ContextChange pod(@Nullable String cluster, String name) {
        return new ContextChange(
                cluster, null, "Pod", "shop", name, 1, KubernetesCollector.KIND, "{\"metadata\":{\"name\":\"old\"}}");
    }

    private static String podAsServed(String name, String metadata) {
        try {
            ObjectNode pod = Json.MAPPER.createObjectNode();
            ObjectNode meta = (ObjectNode) Json.MAPPER.readTree(metadata);
            pod.set("metadata", meta);
            meta.put("name", name).put("namespace", "shop").put("creationTimestamp", CREATED);
            pod.putObject("spec");
            pod.putObject("status").put("podIP", "10.0.0.7");
            return pod.toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String policy(@Nullable String apiVersion, String kind, @Nullable String namespace) {
        ObjectNode policy = Json.MAPPER.createObjectNode();
        if (apiVersion != null) {
            policy.put("apiVersion", apiVersion).put("kind", kind);
        }
        ObjectNode metadata = policy.putObject("metadata").put("name", "p").put("creationTimestamp", CREATED);
        if (namespace != null) {
            metadata.put("namespace", namespace);
        }
        policy.putObject("spec").put("selector", "all()");
        return policy.toString();
    }

    private KubernetesCollector started(ApiServer api, @Nullable String cluster) throws IOException {
        KubernetesCollector collector =
                collector(Files.writeString(folder.resolve("kubeconfig"), api.kubeconfig()), cluster);
        collector.start();
        return collector;
    }

    private KubernetesCollector collector(Path kubeconfig, @Nullable String cluster) {
        return new KubernetesCollector(
                new KubernetesConfig(true, kubeconfig.toString(), false, null, null, null, Duration.ofMillis(200)),
                cluster,
                history,
                () -> Map.copyOf(topic),
                new Kept(),
                InstantSource.system(),
                metrics);
    }

    private final class Kept implements ContextSink {
        @Override
        public void publish(List<ContextChange> changes) {
            for (ContextChange change : new ArrayList<>(changes)) {
                published.add(change);
                topic.put(change.key(), change);
            }
        }

        @Override
        public void delete(List<String> keys) {
            deleted.addAll(keys);
        }
    }
}
