package dev.weir.standalone.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.Millis;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import dev.weir.model.codec.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Simulates the traffic of a small shop: about twenty workloads in four namespaces, isolated by default, with the
 * policies that the traffic needs. The same seed gives the same flows. The demo, tests and benchmarks use it.
 */
public final class Simulator {
    /** The image of all pods; it only waits. */
    private static final String IMAGE = "pause:3";

    private static final String ORIGIN = "simulator";
    private static final String[] NODES = {"node-1", "node-2", "node-3"};
    private static final int SYN_ACK_FIN = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN | TcpFlags.PSH;
    private static final double DNS_PER_MINUTE = 6;
    private static final double SCRAPES_PER_MINUTE = 2;

    private final Random random;
    private final double intensity;
    private final Map<String, List<Pod>> pods = new HashMap<>();
    private final List<Shop.Edge> edges = new ArrayList<>(Shop.EDGES);

    private record Pod(Shop.Workload workload, String name, String ip, String node) {}

    public Simulator(long seed) {
        this(seed, 1);
    }

    /**
     * Builds the shop from a seed.
     *
     * @param intensity factor on the number of connections of each edge
     */
    public Simulator(long seed, double intensity) {
        this.intensity = intensity;
        this.random = new Random(seed);
        int host = 1;
        for (Shop.Workload workload : Shop.WORKLOADS) {
            List<Pod> of = new ArrayList<>();
            for (int i = 0; i < workload.replicas(); i++) {
                boolean numbered = workload.kind().equals("StatefulSet");
                String suffix = numbered ? Integer.toString(i) : "5c9d7-" + Integer.toString(host + 46_656, 36);
                of.add(new Pod(
                        workload, workload.name() + "-" + suffix, "10.20.0." + host, NODES[host % NODES.length]));
                host++;
            }
            pods.put(workload.key(), of);
        }
        for (Shop.Workload workload : Shop.WORKLOADS) {
            if (!workload.key().equals(Shop.DNS)) {
                edges.add(new Shop.Edge(workload.key(), Shop.DNS, "UDP", 53, DNS_PER_MINUTE));
            }
            if (!workload.key().equals(Shop.METRICS) && !workload.key().equals("platform/backup")) {
                edges.add(new Shop.Edge(Shop.METRICS, workload.key(), "TCP", 9100, SCRAPES_PER_MINUTE));
            }
        }
    }

    /**
     * The context as the API server would report it: namespaces, pods, and the policies that the usual traffic needs.
     */
    public List<ContextChange> context() {
        List<ContextChange> changes = new ArrayList<>();
        for (String namespace : Shop.NAMESPACES) {
            ObjectNode object = object("v1", "Namespace", null, namespace);
            changes.add(change(object));
            changes.add(change(defaultDeny(namespace)));
        }
        for (Shop.Workload workload : Shop.WORKLOADS) {
            for (Pod pod : podsOf(workload.key())) {
                changes.add(change(pod(pod)));
            }
            changes.add(change(policy(workload)));
        }
        return changes;
    }

    /** The usual traffic that begins within a span, ordered by its end. */
    public List<Flow> usual(long fromMs, long untilMs) {
        List<Flow> flows = new ArrayList<>();
        for (Shop.Edge edge : edges) {
            double expected = intensity * edge.perMinute() * (untilMs - fromMs) / Millis.MINUTE;
            int count = (int) expected + (random.nextDouble() < expected - (int) expected ? 1 : 0);
            for (int i = 0; i < count; i++) {
                long start = fromMs + random.nextLong(untilMs - fromMs);
                flows.add(connection(pick(edge.from()), pick(edge.to()), edge.protocol(), edge.port(), start));
            }
        }
        flows.sort(Comparator.comparingLong(Flow::endMs));
        return flows;
    }

    /** One connection on every edge, so that a baseline learned from it misses none. */
    public List<Flow> everyEdge(long fromMs) {
        List<Flow> flows = new ArrayList<>();
        for (Shop.Edge edge : edges) {
            flows.add(connection(
                    pick(edge.from()), pick(edge.to()), edge.protocol(), edge.port(), fromMs + random.nextInt(1_000)));
        }
        flows.sort(Comparator.comparingLong(Flow::endMs));
        return flows;
    }

    /** A connection that a policy forbids and the network forwards. */
    public List<Flow> forbiddenConnection(long atMs) {
        return List.of(connection(pick("shop/frontend"), pick("payments/card-vault"), "TCP", 8443, atMs));
    }

    /** A pod that tries the ports of a database in order; the network drops all attempts. */
    public List<Flow> portScan(long atMs) {
        Pod scanner = pick("shop/recommender");
        Pod victim = pick("data/orders-db");
        List<Flow> flows = new ArrayList<>();
        for (int port = 20; port < 80; port++) {
            long start = atMs + (port - 20) * 20L;
            Endpoint source = end(scanner, 40_000 + port).withCounters(60L, 1L, TcpFlags.SYN);
            Endpoint destination = end(victim, port).withCounters(0L, 0L, null);
            flows.add(flow(start, start, source, destination, "TCP", Verdict.DROPPED, "POLICY_DENIED", scanner));
        }
        return flows;
    }

    /** A connection that policies allow, on an edge without any earlier flow. */
    public List<Flow> newEdge(long atMs) {
        return List.of(connection(pick("shop/mailer"), pick("data/warehouse"), "TCP", 5432, atMs));
    }

    /** The number of workloads. */
    public int workloads() {
        return Shop.WORKLOADS.size();
    }

    /** The number of edges of the usual traffic. */
    public int edges() {
        return edges.size();
    }

    private Flow connection(Pod from, Pod to, String protocol, int port, long start) {
        boolean tcp = protocol.equals("TCP");
        long sent = tcp ? 400 + random.nextInt(2_000) : 60 + random.nextInt(40);
        long received = tcp ? 500 + random.nextInt(20_000) : 90 + random.nextInt(200);
        Endpoint source = end(from, 32_768 + random.nextInt(28_000))
                .withCounters(sent, tcp ? 6L + random.nextInt(10) : 1L, tcp ? SYN_ACK_FIN : null);
        Endpoint destination =
                end(to, port).withCounters(received, tcp ? 5L + random.nextInt(20) : 1L, tcp ? SYN_ACK_FIN : null);
        long duration = tcp ? 5 + random.nextInt(800) : 1 + random.nextInt(5);
        return flow(start, start + duration, source, destination, protocol, Verdict.FORWARDED, null, from);
    }

    private static Flow flow(
            long start,
            long end,
            Endpoint source,
            Endpoint destination,
            String protocol,
            Verdict verdict,
            @Nullable String dropReason,
            Pod reporter) {
        return Flow.builder()
                .startMs(start)
                .endMs(end)
                .source(source)
                .destination(destination)
                .protocol(protocol)
                .verdict(verdict)
                .dropReason(dropReason)
                .cluster("demo")
                .reporter(reporter.node())
                .collector(ORIGIN)
                .build();
    }

    private static Endpoint end(Pod pod, int port) {
        return Endpoint.of(pod.ip(), port);
    }

    private Pod pick(String workload) {
        List<Pod> of = podsOf(workload);
        return of.get(random.nextInt(of.size()));
    }

    private List<Pod> podsOf(String workload) {
        return pods.getOrDefault(workload, List.of());
    }

    private static ContextChange change(ObjectNode object) {
        String namespace = object.path("metadata").path("namespace").textValue();
        return new ContextChange(
                object.path("kind").asText(),
                namespace,
                object.path("metadata").path("name").asText(),
                ContextChange.ALWAYS,
                ORIGIN,
                object.toString());
    }

    private static ObjectNode object(String version, String kind, @Nullable String namespace, String name) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("apiVersion", version).put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        if (namespace != null) {
            metadata.put("namespace", namespace);
        }
        return object;
    }

    private static ObjectNode pod(Pod pod) {
        Shop.Workload workload = pod.workload();
        ObjectNode object = object("v1", "Pod", workload.namespace(), pod.name());
        ObjectNode metadata = (ObjectNode) object.path("metadata");
        metadata.putObject("labels").put("app", workload.name());
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", workload.kind().equals("CronJob") ? "batch/v1" : "apps/v1")
                .put("kind", workload.kind())
                .put("name", workload.name())
                .put("uid", uid(workload))
                .put("controller", true);
        ObjectNode spec = object.putObject("spec").put("nodeName", pod.node());
        spec.putArray("containers").addObject().put("name", workload.name()).put("image", IMAGE);
        object.putObject("status").put("podIP", pod.ip());
        return object;
    }

    /** A uid that is the same in every run. */
    private static String uid(Shop.Workload workload) {
        return UUID.nameUUIDFromBytes(workload.key().getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static ObjectNode defaultDeny(String namespace) {
        ObjectNode object = object("networking.k8s.io/v1", "NetworkPolicy", namespace, "default-deny");
        ObjectNode spec = object.putObject("spec");
        spec.putObject("podSelector");
        spec.putArray("policyTypes").add("Ingress").add("Egress");
        return object;
    }

    /** A policy that allows the workload's edges, and those that are allowed more widely than used. */
    private ObjectNode policy(Shop.Workload workload) {
        ObjectNode object = object("networking.k8s.io/v1", "NetworkPolicy", workload.namespace(), workload.name());
        ObjectNode spec = object.putObject("spec");
        spec.putObject("podSelector").putObject("matchLabels").put("app", workload.name());
        spec.putArray("policyTypes").add("Ingress").add("Egress");
        ArrayNode ingress = spec.putArray("ingress");
        ArrayNode egress = spec.putArray("egress");
        for (Shop.Edge edge : edges) {
            if (edge.to().equals(workload.key())) {
                rule(ingress, "from", edge.from(), edge);
            }
            if (edge.from().equals(workload.key())) {
                rule(egress, "to", edge.to(), edge);
            }
        }
        Shop.WIDE.forEach((namespace, target) -> {
            Shop.Edge wide = new Shop.Edge(namespace, target, "TCP", 5432, 0);
            if (target.equals(workload.key())) {
                rule(ingress, "from", namespace, wide);
            }
            if (namespace.equals(workload.namespace())) {
                rule(egress, "to", target, wide);
            }
        });
        return object;
    }

    /**
     * Adds a rule for one peer.
     *
     * @param peer a workload as {@code namespace/name}, or a whole namespace
     */
    private static void rule(ArrayNode rules, String direction, String peer, Shop.Edge edge) {
        ObjectNode rule = rules.addObject();
        ObjectNode entry = rule.putArray(direction).addObject();
        int slash = peer.indexOf('/');
        String namespace = slash < 0 ? peer : peer.substring(0, slash);
        entry.putObject("namespaceSelector").putObject("matchLabels").put("kubernetes.io/metadata.name", namespace);
        if (slash >= 0) {
            entry.putObject("podSelector").putObject("matchLabels").put("app", peer.substring(slash + 1));
        }
        rule.putArray("ports").addObject().put("protocol", edge.protocol()).put("port", edge.port());
    }
}
