package dev.weir.policy;

import dev.weir.model.context.ClusterObject.NamedPort;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One end of the traffic as policies see it.
 *
 * @param ip canonical address
 * @param pod null for what is no pod: a node, an external address
 */
public record Peer(String ip, @Nullable Pod pod) {

    /** A pod with its labels and its namespace's labels at the time of the traffic. */
    public record Pod(
            String namespace,
            String name,
            Map<String, String> namespaceLabels,
            Map<String, String> labels,
            List<NamedPort> ports,
            boolean hostNetwork) {

        /** {@code shop/web-1}. */
        public String display() {
            return namespace + "/" + name;
        }
    }

    public static Peer address(String ip) {
        return new Peer(ip, null);
    }

    /** The pod, if policies can select it: a host-network pod shares the node's stack and is out of their reach. */
    public @Nullable Pod selectable() {
        return pod == null || pod.hostNetwork() ? null : pod;
    }

    public String display() {
        return pod == null ? ip : pod.display();
    }
}
