package dev.weir.policy.recommend;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes NetworkPolicies of Calico, whose rules are each about one protocol. */
final class CalicoLanguage implements PolicyLanguage {
    @Override
    public String kind() {
        return "NetworkPolicy";
    }

    @Override
    public ObjectNode policy(String name, String namespace, Map<String, String> labels) {
        ObjectNode policy = header("projectcalico.org/v3", name, namespace);
        ObjectNode spec = policy.putObject("spec");
        spec.put("selector", selector(labels));
        spec.putArray("types").add("Ingress").add("Egress");
        return policy;
    }

    @Override
    public List<ObjectNode> pods(
            Direction direction, @Nullable String namespace, Map<String, String> labels, List<Port> ports) {
        ObjectNode peer = JsonNodeFactory.instance.objectNode();
        if (namespace != null) {
            peer.put("namespaceSelector", selector(Map.of("projectcalico.org/name", namespace)));
        }
        peer.put("selector", selector(labels));
        return rules(direction, peer, ports);
    }

    /** Returns rules for the blocks; exceptions hold for all of them, since a rule has one list of each. */
    @Override
    public List<ObjectNode> addresses(Direction direction, Map<String, List<String>> blocks, List<Port> ports) {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        List<ObjectNode> rules = new ArrayList<>();
        List<String> exact = new ArrayList<>();
        blocks.forEach((block, except) -> {
            if (except.isEmpty()) {
                exact.add(block);
            } else {
                ObjectNode peer = JsonNodeFactory.instance.objectNode();
                peer.set("nets", PolicyLanguage.texts(List.of(block)));
                peer.set("notNets", PolicyLanguage.texts(except));
                rules.addAll(rules(direction, peer, ports));
            }
        });
        if (!exact.isEmpty()) {
            whole.set("nets", PolicyLanguage.texts(exact));
            rules.addAll(0, rules(direction, whole, ports));
        }
        return rules;
    }

    private static List<ObjectNode> rules(Direction direction, ObjectNode peer, List<Port> ports) {
        Map<String, TreeSet<Integer>> byProtocol = new TreeMap<>();
        TreeSet<String> open = new TreeSet<>();
        for (Port port : ports) {
            TreeSet<Integer> numbers = byProtocol.computeIfAbsent(port.protocol(), protocol -> new TreeSet<>());
            if (port.number() == null) {
                open.add(port.protocol());
            } else {
                numbers.add(port.number());
            }
        }
        List<ObjectNode> rules = new ArrayList<>();
        byProtocol.forEach((protocol, numbers) -> {
            ObjectNode rule =
                    JsonNodeFactory.instance.objectNode().put("action", "Allow").put("protocol", protocol);
            boolean ingress = direction == Direction.INGRESS;
            if (ingress) {
                rule.set("source", peer.deepCopy());
            }
            ObjectNode destination = ingress ? JsonNodeFactory.instance.objectNode() : peer.deepCopy();
            if (!open.contains(protocol)) {
                ArrayNode list = destination.putArray("ports");
                numbers.forEach(list::add);
            }
            if (!destination.isEmpty()) {
                rule.set("destination", destination);
            }
            rules.add(rule);
        });
        return rules;
    }

    private static String selector(Map<String, String> labels) {
        return labels.isEmpty()
                ? "all()"
                : new TreeMap<>(labels)
                        .entrySet().stream()
                                .map(label -> label.getKey() + " == '" + label.getValue() + "'")
                                .collect(Collectors.joining(" && "));
    }
}
