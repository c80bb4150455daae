package dev.weir.policy.recommend;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import dev.weir.policy.dialect.kubernetes.KubernetesDialect;
import dev.weir.policy.manifest.RuleWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes NetworkPolicies. */
final class KubernetesLanguage implements PolicyLanguage {
    @Override
    public String kind() {
        return KubernetesDialect.NETWORK_POLICY;
    }

    @Override
    public ObjectNode policy(String name, String namespace, Map<String, String> labels) {
        ObjectNode policy = header("networking.k8s.io/v1", name, namespace);
        ObjectNode spec = policy.putObject("spec");
        spec.set("podSelector", RuleWriter.selector(labels));
        spec.putArray("policyTypes").add("Ingress").add("Egress");
        return policy;
    }

    @Override
    public List<ObjectNode> pods(
            Direction direction, @Nullable String namespace, Map<String, String> labels, List<Port> ports) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        ObjectNode peer = peers(rule, direction).addObject();
        if (namespace != null) {
            peer.set("namespaceSelector", RuleWriter.namespaceSelector(namespace));
        }
        peer.set("podSelector", RuleWriter.selector(labels));
        return List.of(at(rule, ports));
    }

    @Override
    public List<ObjectNode> addresses(Direction direction, Map<String, List<String>> blocks, List<Port> ports) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        ArrayNode peers = peers(rule, direction);
        blocks.forEach((block, except) -> {
            ObjectNode its = peers.addObject().putObject("ipBlock").put("cidr", block);
            if (!except.isEmpty()) {
                its.set("except", PolicyLanguage.texts(except));
            }
        });
        return List.of(at(rule, ports));
    }

    private static ArrayNode peers(ObjectNode rule, Direction direction) {
        return rule.putArray(direction == Direction.INGRESS ? "from" : "to");
    }

    private static ObjectNode at(ObjectNode rule, List<Port> ports) {
        ArrayNode array = rule.putArray("ports");
        for (Port port : ports) {
            ObjectNode its = array.addObject().put("protocol", port.protocol());
            if (port.number() != null) {
                its.put("port", port.number());
            }
        }
        return rule;
    }
}
