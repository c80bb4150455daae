package dev.weir.policy.random;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection, by its objects.
 *
 * @param pod null for a node or an address outside
 * @param node the Node that the end is, or that its pod runs on; null for an address outside
 */
record PlainEnd(
        String ip, @Nullable ObjectNode pod, @Nullable ObjectNode node) {

    /** True if the end has the node's addresses: a node, or a pod on the host's network. */
    boolean isHost() {
        return node != null
                && (pod == null || pod.path("spec").path("hostNetwork").asBoolean());
    }

    /** True for a pod with a network of its own. */
    boolean isWorkload() {
        return pod != null && !isHost();
    }

    boolean isOnNodeOf(PlainEnd other) {
        return node != null && node.equals(other.node);
    }

    boolean isIpv6() {
        return ip.contains(":");
    }

    String namespace() {
        return pod == null ? "" : pod.path("metadata").path("namespace").asText();
    }

    String display() {
        if (pod != null) {
            return (isHost() ? "host pod " : "pod ") + namespace() + "/"
                    + pod.path("metadata").path("name").asText() + " (" + ip + ")";
        }
        return node == null ? ip : "node " + node.path("metadata").path("name").asText() + " (" + ip + ")";
    }
}
