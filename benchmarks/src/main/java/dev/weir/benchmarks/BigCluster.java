package dev.weir.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.context.MeshProxy;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.Dialects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** 10,000 pods of 2,000 workloads in 500 namespaces, under 990 NetworkPolicies and 10 AdminNetworkPolicies. */
final class BigCluster {
    private static final int NAMESPACES = 500;
    private static final int WORKLOADS = 4;
    private static final int REPLICAS = 5;
    private static final int PORT = 8080;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private BigCluster() {}

    static List<Peer> pods() {
        List<Peer> pods = new ArrayList<>();
        for (int namespace = 0; namespace < NAMESPACES; namespace++) {
            Map<String, String> namespaceLabels =
                    Map.of("kubernetes.io/metadata.name", "ns" + namespace, "team", "t" + namespace % 20);
            for (int workload = 0; workload < WORKLOADS; workload++) {
                for (int replica = 0; replica < REPLICAS; replica++) {
                    Map<String, String> labels = Map.of(
                            "app", "app" + workload, "tier", workload == 0 ? "front" : "back", "release", "stable");
                    String ip =
                            "10." + namespace / 250 + "." + namespace % 250 + "." + (workload * REPLICAS + replica + 1);
                    pods.add(Peer.pod(
                            ip,
                            new Peer.Pod(
                                    "ns" + namespace,
                                    "app" + workload + "-" + replica,
                                    namespaceLabels,
                                    labels,
                                    List.of(),
                                    false)));
                }
            }
        }
        return pods;
    }

    /** The same pods with their namespaces, as the API server returns them. */
    static List<ObjectNode> objects() {
        List<ObjectNode> objects = new ArrayList<>();
        Map<String, Map<String, String>> namespaces = new TreeMap<>();
        for (Peer peer : pods()) {
            Peer.Pod pod = Objects.requireNonNull(peer.pod());
            namespaces.put(pod.namespace(), pod.identity().namespaceLabels());
            ObjectNode object = header("v1", "Pod", pod.name(), pod.namespace());
            ObjectNode metadata = object.withObject("/metadata");
            labels(metadata, pod.identity().labels());
            metadata.putArray("ownerReferences")
                    .addObject()
                    .put("kind", "StatefulSet")
                    .put("name", pod.name().substring(0, pod.name().lastIndexOf('-')))
                    .put("controller", true);
            object.putObject("status").put("podIP", peer.ip());
            objects.add(object);
        }
        namespaces.forEach((name, labels) -> {
            ObjectNode object = header("v1", "Namespace", name, null);
            labels(object.withObject("/metadata"), labels);
            objects.add(object);
        });
        return objects;
    }

    static List<ObjectNode> policies() {
        List<ObjectNode> policies = new ArrayList<>();
        for (int i = 0; i < 495; i++) {
            policies.add(defaultDeny("ns" + i));
            policies.add(allow("ns" + i, i, PORT));
        }
        for (int i = 0; i < 10; i++) {
            policies.add(admin(i));
        }
        return policies;
    }

    /** The facts of the cluster that has these policies. */
    static ClusterFacts facts(List<ObjectNode> policies) {
        Set<String> groups = policies.stream()
                .map(policy -> policy.path("apiVersion").asText().replaceAll("/.*", ""))
                .collect(Collectors.toSet());
        return new ClusterFacts(policies, List.of(), groups, Set.of(), true);
    }

    static List<Policy> compile(List<ObjectNode> objects, ClusterFacts facts) {
        return objects.stream()
                .flatMap(object -> Dialects.compile(object.path("kind").asText(), object, facts).stream())
                .toList();
    }

    /**
     * Random connections: half within a namespace, where policies select the pods, half between any two pods.
     *
     * @param isMesh true if the pods have sidecars of a mesh
     */
    static Traffic[] traffic(int count, boolean isMesh) {
        List<Peer> pods = isMesh ? withSidecars() : pods();
        Random random = new Random(7);
        Traffic[] traffic = new Traffic[count];
        for (int i = 0; i < count; i++) {
            int from = random.nextInt(pods.size());
            int within = from / (WORKLOADS * REPLICAS) * WORKLOADS * REPLICAS + random.nextInt(WORKLOADS * REPLICAS);
            int to = random.nextBoolean() ? within : random.nextInt(pods.size());
            traffic[i] = new Traffic(pods.get(from), pods.get(to), "TCP", random.nextBoolean() ? 8080 : 5432);
        }
        return traffic;
    }

    private static List<Peer> withSidecars() {
        MeshProxy sidecar = new MeshProxy(MeshProxy.Kind.SIDECAR, Set.of());
        return pods().stream()
                .map(peer ->
                        Peer.pod(peer.ip(), Objects.requireNonNull(peer.pod()).withProxy(sidecar)))
                .toList();
    }

    static ObjectNode allow(String namespace, int seed, int port) {
        ObjectNode policy = header("networking.k8s.io/v1", "NetworkPolicy", "allow", namespace);
        ObjectNode spec = policy.putObject("spec");
        spec.putObject("podSelector").putObject("matchLabels").put("tier", "back");
        spec.putArray("policyTypes").add("Ingress").add("Egress");
        ObjectNode ingress = spec.putArray("ingress").addObject();
        ingress.putArray("from")
                .addObject()
                .putObject("podSelector")
                .putObject("matchLabels")
                .put("tier", "front");
        ingress.putArray("ports").addObject().put("port", port);
        ObjectNode other = spec.withArray("ingress").addObject();
        other.putArray("from")
                .addObject()
                .putObject("namespaceSelector")
                .putObject("matchLabels")
                .put("team", "t" + seed % 20);
        other.putArray("ports").addObject().put("port", 5432);
        ObjectNode egress = spec.putArray("egress").addObject();
        egress.putArray("to").addObject().putObject("ipBlock").put("cidr", "192.0.2." + seed % 200 + "/32");
        return policy;
    }

    private static ObjectNode defaultDeny(String namespace) {
        ObjectNode policy = header("networking.k8s.io/v1", "NetworkPolicy", "default-deny", namespace);
        ObjectNode spec = policy.putObject("spec");
        spec.putObject("podSelector");
        spec.putArray("policyTypes").add("Ingress").add("Egress");
        return policy;
    }

    private static ObjectNode admin(int index) {
        ObjectNode policy = header("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", "admin" + index, null);
        ObjectNode spec = policy.putObject("spec").put("priority", index);
        spec.putObject("subject")
                .putObject("namespaces")
                .putObject("matchLabels")
                .put("team", "t" + index);
        ObjectNode rule = spec.putArray("ingress").addObject().put("action", "Deny");
        rule.putArray("from")
                .addObject()
                .putObject("namespaces")
                .putObject("matchLabels")
                .put("team", "t" + (index + 1));
        return policy;
    }

    private static void labels(ObjectNode metadata, Map<String, String> labels) {
        ObjectNode node = metadata.putObject("labels");
        labels.forEach(node::put);
    }

    private static ObjectNode header(String version, String kind, String name, @Nullable String namespace) {
        ObjectNode policy = JSON.objectNode().put("apiVersion", version).put("kind", kind);
        ObjectNode metadata = policy.putObject("metadata").put("name", name);
        if (namespace != null) {
            metadata.put("namespace", namespace);
        }
        return policy;
    }
}
