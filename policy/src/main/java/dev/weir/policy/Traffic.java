package dev.weir.policy;

import dev.weir.model.L7;
import org.jspecify.annotations.Nullable;

/**
 * What is to be decided.
 *
 * @param protocol as in {@link dev.weir.model.Flow#protocol()}
 * @param port destination port; null when the protocol has none or the record does not tell; 0 is taken for null,
 *     since there is no such port and exporters write it for what they do not know
 * @param l7 what is known of the application layer; none of the dialects compiled today asks for it
 */
public record Traffic(
        Peer source,
        Peer destination,
        String protocol,
        @Nullable Integer port,
        @Nullable L7 l7) {

    public Traffic {
        port = port != null && port == 0 ? null : port;
    }

    public Traffic(Peer source, Peer destination, String protocol, @Nullable Integer port) {
        this(source, destination, protocol, port, null);
    }

    /** {@code TCP/5432}. */
    public String service() {
        return port == null ? protocol : protocol + "/" + port;
    }

    /**
     * Whether a pod speaks with the node that it runs on, which no policy can forbid: the kubelet must reach it.
     */
    public boolean withOwnNode() {
        String from = source.runsOn();
        boolean oneIsNode = isNode(source) != isNode(destination);
        return oneIsNode && from != null && from.equals(destination.runsOn());
    }

    private static boolean isNode(Peer peer) {
        return peer.pod() == null && peer.node() != null;
    }

    /** Whether a pod speaks to itself, which no policy is about. */
    public boolean toItself() {
        Peer.Pod from = source.pod();
        Peer.Pod to = destination.pod();
        return from != null
                && to != null
                && !from.standIn()
                && !to.standIn()
                && from.name().equals(to.name())
                && from.namespace().equals(to.namespace());
    }
}
