package dev.weir.policy.recommend;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import dev.weir.policy.cluster.Workload;
import dev.weir.policy.manifest.RuleWriter;
import dev.weir.policy.manifest.YamlText;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Builds the policy of one workload, and writes its YAML. */
final class WorkloadPolicy {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    /** The name of the policy that isolates a namespace. */
    static final String DEFAULT_DENY = "default-deny";

    private static final int DNS = 53;
    private static final int MAX_EVIDENCE = 12;

    private final Workload workload;
    private final String name;
    private final Map<Direction, List<Edge>> edges = new EnumMap<>(Direction.class);

    /**
     * Creates an empty policy.
     *
     * @param name of the policy, unique in the namespace
     */
    WorkloadPolicy(Workload workload, String name) {
        this.workload = workload;
        this.name = name;
        edges.put(Direction.INGRESS, new ArrayList<>());
        edges.put(Direction.EGRESS, new ArrayList<>());
    }

    void add(Direction direction, Edge edge) {
        edges.getOrDefault(direction, List.of()).add(edge);
    }

    /** The policy that isolates a namespace in both directions. */
    static String defaultDeny(String namespace) {
        ObjectNode policy = header(DEFAULT_DENY, namespace);
        ObjectNode spec = policy.putObject("spec");
        spec.putObject("podSelector");
        spec.putArray("policyTypes").add("Ingress").add("Egress");
        return YamlText.comment(
                        "Nothing in " + namespace + " may connect or be connected to unless another policy says so.")
                + YamlText.of(policy);
    }

    String write(Selectors selectors, List<String> warnings) {
        ObjectNode policy = header(name, workload.namespace());
        ObjectNode spec = policy.putObject("spec");
        Map<String, String> labels = selectors.of(workload);
        spec.set("podSelector", RuleWriter.selector(labels == null ? Map.of() : labels));
        ArrayNode types = spec.putArray("policyTypes");
        StringBuilder rules = new StringBuilder();
        for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
            List<Edge> ofDirection = edges.getOrDefault(direction, List.of());
            types.add(direction == Direction.INGRESS ? "Ingress" : "Egress");
            if (!ofDirection.isEmpty()) {
                rules.append("  ").append(direction.id()).append(":\n");
                rules(direction, ofDirection, selectors, warnings, rules);
            }
        }
        return YamlText.comment(workload.display()) + YamlText.of(policy) + rules;
    }

    private void rules(
            Direction direction,
            List<Edge> ofDirection,
            Selectors selectors,
            List<String> warnings,
            StringBuilder out) {
        Map<Workload, List<Edge>> byWorkload = new TreeMap<>();
        Map<String, List<Edge>> byService = new TreeMap<>();
        for (Edge edge : ofDirection) {
            Workload other = direction == Direction.INGRESS
                    ? edge.key().source()
                    : edge.key().destination();
            if (other == null || selectors.of(other) == null) {
                byService
                        .computeIfAbsent(edge.key().service(), service -> new ArrayList<>())
                        .add(edge);
            } else {
                byWorkload.computeIfAbsent(other, each -> new ArrayList<>()).add(edge);
            }
        }
        byWorkload.forEach((other, its) -> {
            Map<String, String> labels = selectors.of(other);
            rule(direction, List.of(peer(other, labels == null ? Map.of() : labels)), its, List.of(), out);
        });
        byService.forEach((service, its) -> addresses(direction, service, its, warnings, out));
        if (direction == Direction.EGRESS && ofDirection.stream().noneMatch(WorkloadPolicy::isDns)) {
            out.append(indented(
                    YamlText.comment("no DNS was seen, but it asks for others by name: the cluster's usual DNS")));
            ObjectNode peer = JSON.objectNode();
            peer.set("namespaceSelector", RuleWriter.namespaceSelector("kube-system"));
            peer.set("podSelector", RuleWriter.selector(Map.of("k8s-app", "kube-dns")));
            ArrayNode ports = JSON.arrayNode();
            ports.addObject().put("protocol", "UDP").put("port", DNS);
            ports.addObject().put("protocol", "TCP").put("port", DNS);
            out.append(indented(text(direction, List.of(peer), ports)));
        }
    }

    private ObjectNode peer(Workload other, Map<String, String> labels) {
        ObjectNode peer = JSON.objectNode();
        if (!other.namespace().equals(workload.namespace())) {
            peer.set("namespaceSelector", RuleWriter.namespaceSelector(other.namespace()));
        }
        peer.set("podSelector", RuleWriter.selector(labels));
        return peer;
    }

    /** Adds rules for addresses outside the cluster, or of its nodes. */
    private void addresses(
            Direction direction, String service, List<Edge> its, List<String> warnings, StringBuilder out) {
        List<String> addresses = its.stream()
                .flatMap(edge -> (direction == Direction.INGRESS ? edge.sourceIps() : edge.destinationIps()).stream())
                .distinct()
                .toList();
        Map<String, Integer> blocks = Blocks.cover(addresses);
        List<ObjectNode> peers = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        blocks.forEach((block, seen) -> {
            ObjectNode peer = JSON.objectNode();
            ObjectNode node = peer.putObject("ipBlock").put("cidr", block);
            List<String> exceptions = Blocks.exceptions(block);
            if (!exceptions.isEmpty()) {
                ArrayNode except = node.putArray("except");
                exceptions.forEach(except::add);
            }
            peers.add(peer);
            if (seen > 1) {
                notes.add("warning: " + block + " stands for " + seen + " addresses that were seen in it");
            }
        });
        notes.add("warning: addresses outside the cluster can change hands; a name or a gateway would be tighter");
        warnings.add(workload.display() + " " + direction.id() + " on " + service + ": "
                + blocks.size() + (blocks.size() == 1 ? " block" : " blocks") + " of addresses outside the cluster ("
                + blocks.keySet().stream().limit(3).collect(Collectors.joining(", "))
                + (blocks.size() > 3 ? ", …" : "") + ")");
        rule(direction, peers, its, notes, out);
    }

    private void rule(
            Direction direction, List<ObjectNode> peers, List<Edge> its, List<String> notes, StringBuilder out) {
        Map<String, ObjectNode> ports = new TreeMap<>();
        StringBuilder comment = new StringBuilder();
        for (int i = 0; i < its.size(); i++) {
            Edge.Key key = its.get(i).key();
            Integer port = key.port();
            ObjectNode entry = JSON.objectNode().put("protocol", key.protocol());
            ports.put(key.service(), port == null ? entry : entry.put("port", port));
            if (i < MAX_EVIDENCE) {
                String other =
                        direction == Direction.INGRESS ? "from " + key.sourceName() : "to " + key.destinationName();
                comment.append(other)
                        .append(" on ")
                        .append(key.service())
                        .append(": ")
                        .append(its.get(i).evidence())
                        .append('\n');
            }
        }
        if (its.size() > MAX_EVIDENCE) {
            comment.append("and ").append(its.size() - MAX_EVIDENCE).append(" more\n");
        }
        if (its.stream().anyMatch(edge -> edge.key().port() == null)) {
            comment.append("warning: the flows have no port, so every port of the protocol is allowed\n");
        }
        notes.forEach(note -> comment.append(note).append('\n'));
        ArrayNode array = JSON.arrayNode();
        ports.values().forEach(array::add);
        out.append(indented(YamlText.comment(comment.toString())));
        out.append(indented(text(direction, peers, array)));
    }

    private static String text(Direction direction, List<ObjectNode> peers, ArrayNode ports) {
        ObjectNode rule = JSON.objectNode();
        ArrayNode list = rule.putArray(direction == Direction.INGRESS ? "from" : "to");
        peers.forEach(list::add);
        rule.set("ports", ports);
        ArrayNode one = JSON.arrayNode();
        one.add(rule);
        return YamlText.of(one);
    }

    private static String indented(String text) {
        return text.lines().map(line -> "    " + line + "\n").collect(Collectors.joining());
    }

    private static boolean isDns(Edge edge) {
        Integer port = edge.key().port();
        return port != null && port == DNS;
    }

    private static ObjectNode header(String name, @Nullable String namespace) {
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", "networking.k8s.io/v1").put("kind", "NetworkPolicy");
        policy.putObject("metadata").put("name", name).put("namespace", namespace);
        return policy;
    }
}
