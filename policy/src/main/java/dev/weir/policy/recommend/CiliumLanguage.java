package dev.weir.policy.recommend;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import dev.weir.policy.manifest.RuleWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes CiliumNetworkPolicies. Each rule has peers of one sort, and blocks are about no pod and no node. */
final class CiliumLanguage implements PolicyLanguage {
    private static final String EVERY_PORT = "0";

    @Override
    public String kind() {
        return "CiliumNetworkPolicy";
    }

    @Override
    public ObjectNode policy(String name, String namespace, Map<String, String> labels) {
        ObjectNode policy = header("cilium.io/v2", name, namespace);
        policy.putObject("spec").set("endpointSelector", RuleWriter.selector(labels));
        return policy;
    }

    /** Returns the empty rule, which matches nothing and closes the direction. */
    @Override
    public List<ObjectNode> closing() {
        return List.of(JsonNodeFactory.instance.objectNode());
    }

    @Override
    public List<ObjectNode> pods(
            Direction direction, @Nullable String namespace, Map<String, String> labels, List<Port> ports) {
        Map<String, String> all = new TreeMap<>(labels);
        if (namespace != null) {
            all.put("k8s:io.kubernetes.pod.namespace", namespace);
        }
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        rule.putArray(field(direction, "Endpoints")).add(RuleWriter.selector(all));
        return List.of(at(rule, ports));
    }

    @Override
    public List<ObjectNode> addresses(Direction direction, Map<String, List<String>> blocks, List<Port> ports) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        ArrayNode sets = rule.putArray(field(direction, "CIDRSet"));
        blocks.forEach((block, except) -> {
            ObjectNode set = sets.addObject().put("cidr", block);
            if (!except.isEmpty()) {
                set.set("except", PolicyLanguage.texts(except));
            }
        });
        return List.of(at(rule, ports));
    }

    @Override
    public List<ObjectNode> nodes(Direction direction, Map<String, List<String>> blocks, List<Port> ports) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        rule.putArray(field(direction, "Entities")).add("host").add("remote-node");
        return List.of(at(rule, ports));
    }

    @Override
    public boolean knowsNames() {
        return true;
    }

    @Override
    public List<ObjectNode> names(Set<String> names, List<Port> ports) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        ArrayNode array = rule.putArray("toFQDNs");
        names.forEach(name -> array.addObject().put("matchName", name));
        return List.of(at(rule, ports));
    }

    /** Returns rules that show the questions to Cilium, which learns the addresses of names from the answers. */
    @Override
    public List<ObjectNode> dns(@Nullable String namespace, Map<String, String> labels, List<Port> ports) {
        List<ObjectNode> rules = pods(Direction.EGRESS, namespace, labels, ports);
        for (ObjectNode rule : rules) {
            if (rule.path("toPorts").path(0) instanceof ObjectNode first) {
                first.putObject("rules").putArray("dns").addObject().put("matchPattern", "*");
            }
        }
        return rules;
    }

    private static String field(Direction direction, String peers) {
        return (direction == Direction.INGRESS ? "from" : "to") + peers;
    }

    private static ObjectNode at(ObjectNode rule, List<Port> ports) {
        ArrayNode array = rule.putArray("toPorts").addObject().putArray("ports");
        for (Port port : ports) {
            array.addObject()
                    .put(
                            "port",
                            port.number() == null ? EVERY_PORT : port.number().toString())
                    .put("protocol", port.protocol());
        }
        return rule;
    }
}
