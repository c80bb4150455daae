package dev.weir.policy.random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Expected;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * A plain evaluator of a dialect's policies, straight from the JSON, one connection at a time and not optimised. The
 * decision about a record is unknown only if two connections that agree with the record have different decisions.
 */
abstract class PlainDialect {
    private static final int MOST_PACKETS = 20_000;

    final List<ObjectNode> objects;

    PlainDialect(List<ObjectNode> objects) {
        this.objects = objects;
    }

    /** Decides about a connection of which everything is known. */
    abstract boolean allows(PlainPacket packet, boolean egress);

    /** Calls back with each rule that the side's policies have for the direction, and whether it matches. */
    abstract void matches(PlainPacket packet, boolean egress, BiConsumer<String, Boolean> rules);

    /** Adds the values that make a difference for the properties that a record does not hold. */
    abstract void values(PlainPacket record, boolean egress, Map<String, Set<String>> values);

    /** Decides about a record. */
    final Expected decide(PlainPacket record, boolean egress) {
        boolean allowed = false;
        boolean denied = false;
        for (PlainPacket packet : completions(record, egress)) {
            boolean allows = allows(packet, egress);
            allowed |= allows;
            denied |= !allows;
            if (allowed && denied) {
                return Expected.UNKNOWN;
            }
        }
        return allowed ? Expected.ALLOW : Expected.DENY;
    }

    /** The number of rules that match some of the connections that agree with the record, and not all. */
    final int undecided(PlainPacket record, boolean egress) {
        Map<String, Set<Boolean>> seen = new HashMap<>();
        for (PlainPacket packet : completions(record, egress)) {
            matches(packet, egress, (rule, holds) -> seen.computeIfAbsent(rule, key -> new TreeSet<>())
                    .add(holds));
        }
        return (int) seen.values().stream().filter(each -> each.size() > 1).count();
    }

    private List<PlainPacket> completions(PlainPacket record, boolean egress) {
        Map<String, Set<String>> values = new HashMap<>();
        if (record.hasPorts() && record.port() == null) {
            values.put("port", borders(objects));
        }
        values(record, egress, values);
        values.keySet().removeAll(record.details().keySet());
        List<PlainPacket> packets = List.of(record);
        for (Map.Entry<String, Set<String>> each : values.entrySet()) {
            List<PlainPacket> more = new ArrayList<>();
            for (PlainPacket packet : packets) {
                for (String value : each.getValue()) {
                    more.add(with(packet, each.getKey(), value));
                }
            }
            packets = more;
        }
        if (packets.size() > MOST_PACKETS) {
            throw new AssertionError(packets.size() + " completions of " + record.display());
        }
        return packets;
    }

    private static PlainPacket with(PlainPacket packet, String name, String value) {
        boolean isPort = name.equals("port");
        Map<String, String> details = new HashMap<>(packet.details());
        if (!isPort) {
            details.put(name, value);
        }
        return new PlainPacket(
                packet.source(),
                packet.destination(),
                packet.protocol(),
                isPort ? Integer.valueOf(value) : packet.port(),
                details);
    }

    /** The ports between whose neighbours a rule may distinguish: those that the nodes name, and their successors. */
    static Set<String> borders(List<? extends JsonNode> nodes) {
        Set<Integer> numbers = new TreeSet<>();
        nodes.forEach(node -> addPorts(node, "", numbers));
        Set<String> borders = new TreeSet<>(Set.of("1"));
        numbers.forEach(number -> borders.addAll(List.of(String.valueOf(number), String.valueOf(number + 1))));
        borders.removeAll(Set.of("0", "65536"));
        return borders;
    }

    /** Adds the numbers below every field whose name speaks of ports. */
    private static void addPorts(JsonNode node, String field, Set<Integer> numbers) {
        if (node.isObject()) {
            node.properties().forEach(each -> addPorts(each.getValue(), each.getKey(), numbers));
        } else if (node.isArray()) {
            node.forEach(each -> addPorts(each, field, numbers));
        } else if (field.toLowerCase(Locale.ROOT).contains("port")) {
            for (String number : node.asText().split(":")) {
                if (number.matches("[0-9]+")) {
                    numbers.add(Integer.parseInt(number));
                }
            }
        }
    }

    final List<ObjectNode> all(String group, String kind) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind)
                        && object.path("apiVersion").asText().startsWith(group))
                .toList();
    }

    /** The object of a kind with a name; an empty one if there is none. */
    final JsonNode find(String kind, String namespace, String name) {
        for (ObjectNode object : objects) {
            if (object.path("kind").asText().equals(kind)
                    && object.path("metadata").path("namespace").asText("").equals(namespace)
                    && name(object).equals(name)) {
                return object;
            }
        }
        return MissingNode.getInstance();
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    static Map<String, String> labels(JsonNode object) {
        Map<String, String> labels = new HashMap<>();
        object.path("metadata")
                .path("labels")
                .properties()
                .forEach(each -> labels.put(each.getKey(), each.getValue().asText()));
        return labels;
    }

    static List<String> addresses(JsonNode pod) {
        List<String> addresses = new ArrayList<>();
        pod.path("status")
                .path("podIPs")
                .forEach(each -> addresses.add(each.path("ip").asText()));
        return addresses;
    }

    static String serviceAccount(JsonNode pod) {
        return pod.path("spec").path("serviceAccountName").asText("default");
    }

    static boolean isIn(JsonNode blocks, String ip) {
        for (JsonNode block : blocks) {
            if (PlainEvaluator.contains(block.asText(), ip)) {
                return true;
            }
        }
        return false;
    }

    static boolean isOneOf(JsonNode texts, String text) {
        for (JsonNode each : texts) {
            if (each.asText().equals(text)) {
                return true;
            }
        }
        return false;
    }

    /** True if the pod declares a port with the name, protocol and number. */
    static boolean declares(JsonNode pod, String name, String protocol, int number) {
        for (JsonNode container : pod.path("spec").path("containers")) {
            for (JsonNode port : container.path("ports")) {
                if (port.path("name").asText().equals(name)
                        && port.path("protocol").asText("TCP").equals(protocol)
                        && port.path("containerPort").asInt() == number) {
                    return true;
                }
            }
        }
        return false;
    }

    /** True if a NetworkPolicy of Kubernetes selects a pod and isolates it in the direction. */
    static boolean isolates(JsonNode policy, PlainEnd end, boolean egress) {
        JsonNode spec = policy.path("spec");
        boolean named = spec.path("policyTypes").isEmpty()
                ? !egress || !spec.path("egress").isEmpty()
                : isOneOf(spec.path("policyTypes"), egress ? "Egress" : "Ingress");
        return named
                && end.isWorkload()
                && end.namespace()
                        .equals(policy.path("metadata").path("namespace").asText())
                && PlainEvaluator.selects(spec.path("podSelector"), labels(end.pod()));
    }

    /** True if a peer of a NetworkPolicy by selectors is the pod. */
    final boolean isPeer(JsonNode policy, JsonNode peer, PlainEnd end) {
        if (peer.has("ipBlock") || !end.isWorkload()) {
            return false;
        }
        boolean namespace = peer.has("namespaceSelector")
                ? PlainEvaluator.selects(peer.path("namespaceSelector"), labels(find("Namespace", "", end.namespace())))
                : end.namespace()
                        .equals(policy.path("metadata").path("namespace").asText());
        return namespace && PlainEvaluator.selects(peer.path("podSelector"), labels(end.pod()));
    }

    static boolean isInBlock(JsonNode block, String ip) {
        return PlainEvaluator.contains(block.path("cidr").asText(), ip) && !isIn(block.path("except"), ip);
    }
}
