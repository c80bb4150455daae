package dev.weir.policy.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.Text;
import dev.weir.model.Direction;
import dev.weir.model.context.ClusterObjects;
import dev.weir.policy.Peer;
import dev.weir.policy.PortClause;
import dev.weir.policy.Traffic;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the rule that matches exactly some traffic, in the terms of one kind of policy. */
public final class RuleWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** The terms of a kind of the cluster. */
    public enum Words {
        V1ALPHA1,
        V1ALPHA2
    }

    private RuleWriter() {}

    /**
     * Writes a rule of a NetworkPolicy.
     *
     * @param namespace the policy's own
     * @return null when the other end cannot be selected alone
     */
    public static @Nullable ObjectNode networkPolicyRule(String namespace, Direction direction, Traffic traffic) {
        Peer other = direction == Direction.INGRESS ? traffic.source() : traffic.destination();
        JsonNode peer = networkPolicyPeer(namespace, other);
        if (peer == null) {
            return null;
        }
        ObjectNode rule = JSON.objectNode();
        rule.putArray(direction == Direction.INGRESS ? "from" : "to").add(peer);
        Integer port = traffic.port();
        if (port != null && PortClause.PROTOCOLS.contains(traffic.protocol())) {
            rule.putArray("ports")
                    .addObject()
                    .put("protocol", traffic.protocol())
                    .put("port", port);
        }
        return rule;
    }

    /**
     * Writes a rule of a kind of the cluster.
     *
     * @param allow true to allow, false to deny
     * @return null when the other end cannot be selected alone
     */
    public static @Nullable ObjectNode clusterRule(
            Words words, String name, boolean allow, Direction direction, Traffic traffic) {
        boolean ingress = direction == Direction.INGRESS;
        JsonNode peer = clusterPeer(ingress ? traffic.source() : traffic.destination(), ingress);
        if (peer == null) {
            return null;
        }
        ObjectNode rule = JSON.objectNode();
        rule.put("name", Text.cut(name, 100, ""));
        String word = words == Words.V1ALPHA1 ? "Allow" : "Accept";
        rule.put("action", allow ? word : "Deny");
        rule.putArray(ingress ? "from" : "to").add(peer);
        Integer port = traffic.port();
        if (port != null && PortClause.PROTOCOLS.contains(traffic.protocol())) {
            if (words == Words.V1ALPHA1) {
                rule.putArray("ports")
                        .addObject()
                        .putObject("portNumber")
                        .put("protocol", traffic.protocol())
                        .put("port", port);
            } else {
                rule.putArray("protocols")
                        .addObject()
                        .putObject(traffic.protocol().toLowerCase(Locale.ROOT))
                        .putObject("destinationPort")
                        .put("number", port);
            }
        }
        return rule;
    }

    /** A selector by labels: {@code {matchLabels: …}}. */
    public static ObjectNode selector(Map<String, String> labels) {
        ObjectNode selector = JSON.objectNode();
        if (!labels.isEmpty()) {
            ObjectNode matchLabels = selector.putObject("matchLabels");
            labels.forEach(matchLabels::put);
        }
        return selector;
    }

    /** Selects one namespace by the label that the API server gives it. */
    public static ObjectNode namespaceSelector(String namespace) {
        return selector(Map.of(ClusterObjects.NAMESPACE_NAME_LABEL, namespace));
    }

    /** A selector of the pods with the same lasting labels; null when the pod has none. */
    public static @Nullable ObjectNode pods(Peer.Pod pod) {
        Map<String, String> labels = StableLabels.of(pod.identity().labels());
        if (labels.isEmpty()) {
            return null;
        }
        ObjectNode pods = JSON.objectNode();
        pods.set("namespaceSelector", namespaceSelector(pod.namespace()));
        pods.set("podSelector", selector(labels));
        return pods;
    }

    /** The block of one address: {@code 192.0.2.1/32}. */
    public static String cidr(String ip) {
        return ip + (ip.indexOf(':') < 0 ? "/32" : "/128");
    }

    private static @Nullable JsonNode networkPolicyPeer(String namespace, Peer other) {
        ObjectNode peer = JSON.objectNode();
        Peer.Pod pod = other.selectable();
        if (pod == null) {
            String ip = other.ip();
            if (ip == null) {
                return null;
            }
            peer.putObject("ipBlock").put("cidr", cidr(ip));
            return peer;
        }
        Map<String, String> labels = StableLabels.of(pod.identity().labels());
        if (labels.isEmpty()) {
            return null;
        }
        if (!pod.namespace().equals(namespace)) {
            peer.set("namespaceSelector", namespaceSelector(pod.namespace()));
        }
        peer.set("podSelector", selector(labels));
        return peer;
    }

    private static @Nullable JsonNode clusterPeer(Peer other, boolean ingress) {
        ObjectNode peer = JSON.objectNode();
        Peer.Pod pod = other.selectable();
        if (pod != null) {
            ObjectNode pods = pods(pod);
            if (pods == null) {
                return null;
            }
            peer.set("pods", pods);
            return peer;
        }
        String ip = other.ip();
        if (ip == null || ingress) {
            return null;
        }
        ArrayNode networks = peer.putArray("networks");
        networks.add(cidr(ip));
        return peer;
    }
}
