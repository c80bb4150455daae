package dev.weir.policy.recommend;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import dev.weir.policy.cluster.Workload;
import dev.weir.policy.manifest.YamlText;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Builds the policy of one workload, and writes its YAML in the terms of a dialect. */
final class WorkloadPolicy {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    /** The name of the policy that isolates a namespace. */
    static final String DEFAULT_DENY = "default-deny";

    private static final int DNS = 53;
    private static final int MAX_EVIDENCE = 12;

    private final PolicyLanguage language;
    private final Set<String> nodes;
    private final Workload workload;
    private final String name;
    private final Map<Direction, List<Edge>> edges = new EnumMap<>(Direction.class);

    /**
     * Creates an empty policy.
     *
     * @param nodes the addresses of nodes of the cluster
     * @param name of the policy, unique in the namespace
     */
    WorkloadPolicy(PolicyLanguage language, Set<String> nodes, Workload workload, String name) {
        this.language = language;
        this.nodes = nodes;
        this.workload = workload;
        this.name = name;
        edges.put(Direction.INGRESS, new ArrayList<>());
        edges.put(Direction.EGRESS, new ArrayList<>());
    }

    void add(Direction direction, Edge edge) {
        edges.getOrDefault(direction, List.of()).add(edge);
    }

    /** The policy that isolates a namespace in both directions. */
    static String defaultDeny(PolicyLanguage language, String namespace) {
        ObjectNode policy = language.policy(DEFAULT_DENY, namespace, Map.of());
        ObjectNode spec = (ObjectNode) policy.path("spec");
        if (!language.closing().isEmpty()) {
            for (Direction direction : Direction.values()) {
                spec.putArray(direction.id()).addAll(language.closing());
            }
        }
        return YamlText.comment(
                        "Nothing in " + namespace + " may connect or be connected to unless another policy says so.")
                + YamlText.of(policy);
    }

    String write(Selectors selectors, List<String> warnings) {
        Map<String, String> labels = selectors.of(workload);
        ObjectNode policy = language.policy(name, workload.namespace(), labels == null ? Map.of() : labels);
        StringBuilder rules = new StringBuilder();
        for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
            List<Edge> ofDirection = edges.getOrDefault(direction, List.of());
            boolean isClosed = ofDirection.isEmpty();
            if (!isClosed || !language.closing().isEmpty()) {
                rules.append("  ").append(direction.id()).append(":\n");
            }
            if (isClosed && !language.closing().isEmpty()) {
                rules.append(indented(text(language.closing())));
            }
            if (!isClosed) {
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
            String namespace = other.namespace().equals(workload.namespace()) ? null : other.namespace();
            Map<String, String> named = labels == null ? Map.of() : labels;
            boolean asksNames = direction == Direction.EGRESS && its.stream().allMatch(WorkloadPolicy::isDns);
            rule(
                    direction,
                    ports -> asksNames
                            ? language.dns(namespace, named, ports)
                            : language.pods(direction, namespace, named, ports),
                    its,
                    List.of(),
                    out);
        });
        byService.forEach((service, its) -> addresses(direction, service, its, warnings, out));
        if (direction == Direction.EGRESS && ofDirection.stream().noneMatch(WorkloadPolicy::isDns)) {
            out.append(indented(
                    YamlText.comment("no DNS was seen, but it asks for others by name: the cluster's usual DNS")));
            out.append(indented(text(language.dns(
                    "kube-system",
                    Map.of("k8s-app", "kube-dns"),
                    List.of(new PolicyLanguage.Port("UDP", DNS), new PolicyLanguage.Port("TCP", DNS))))));
        }
    }

    /** Adds rules for addresses outside the cluster, or of its nodes. */
    private void addresses(
            Direction direction, String service, List<Edge> its, List<String> warnings, StringBuilder out) {
        List<Edge> ofNodes = its.stream()
                .filter(edge -> nodes.containsAll(edge.addresses(direction)))
                .toList();
        if (!ofNodes.isEmpty()) {
            Map<String, List<String>> blocks = blocks(Blocks.cover(addresses(direction, ofNodes)));
            rule(direction, ports -> language.nodes(direction, blocks, ports), ofNodes, List.of(), out);
        }
        List<Edge> named = its.stream()
                .filter(edge -> !ofNodes.contains(edge))
                .filter(edge -> direction == Direction.EGRESS && language.knowsNames() && edge.isNamed())
                .toList();
        if (!named.isEmpty()) {
            Set<String> names = new TreeSet<>();
            named.forEach(edge -> names.addAll(edge.names()));
            rule(direction, ports -> language.names(names, ports), named, List.of(), out);
        }
        List<Edge> others = its.stream()
                .filter(edge -> !ofNodes.contains(edge) && !named.contains(edge))
                .toList();
        if (!others.isEmpty()) {
            outside(direction, service, others, warnings, out);
        }
    }

    private static List<String> addresses(Direction direction, List<Edge> its) {
        return its.stream()
                .flatMap(edge -> edge.addresses(direction).stream())
                .distinct()
                .toList();
    }

    private static Map<String, List<String>> blocks(Map<String, Integer> covered) {
        Map<String, List<String>> blocks = new LinkedHashMap<>();
        covered.keySet().forEach(block -> blocks.put(block, Blocks.exceptions(block)));
        return blocks;
    }

    private void outside(
            Direction direction, String service, List<Edge> its, List<String> warnings, StringBuilder out) {
        Map<String, Integer> blocks = Blocks.cover(addresses(direction, its));
        List<String> notes = new ArrayList<>();
        blocks.forEach((block, seen) -> {
            if (seen > 1) {
                notes.add("warning: " + block + " stands for " + seen + " addresses that were seen in it");
            }
        });
        notes.add("warning: addresses outside the cluster can change hands; a name or a gateway would be tighter");
        warnings.add(workload.display() + " " + direction.id() + " on " + service + ": "
                + blocks.size() + (blocks.size() == 1 ? " block" : " blocks") + " of addresses outside the cluster ("
                + blocks.keySet().stream().limit(3).collect(Collectors.joining(", "))
                + (blocks.size() > 3 ? ", …" : "") + ")");
        rule(direction, ports -> language.addresses(direction, blocks(blocks), ports), its, notes, out);
    }

    private static void rule(
            Direction direction,
            Function<List<PolicyLanguage.Port>, List<ObjectNode>> rules,
            List<Edge> its,
            List<String> notes,
            StringBuilder out) {
        Map<String, PolicyLanguage.Port> ports = new TreeMap<>();
        StringBuilder comment = new StringBuilder();
        for (int i = 0; i < its.size(); i++) {
            Edge.Key key = its.get(i).key();
            ports.put(key.service(), new PolicyLanguage.Port(key.protocol(), key.port()));
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
        out.append(indented(YamlText.comment(comment.toString())));
        out.append(indented(text(rules.apply(List.copyOf(ports.values())))));
    }

    private static String text(List<ObjectNode> rules) {
        ArrayNode array = JSON.arrayNode();
        rules.forEach(array::add);
        return YamlText.of(array);
    }

    private static String indented(String text) {
        return text.lines().map(line -> "    " + line + "\n").collect(Collectors.joining());
    }

    private static boolean isDns(Edge edge) {
        Integer port = edge.key().port();
        return port != null && port == DNS;
    }
}
