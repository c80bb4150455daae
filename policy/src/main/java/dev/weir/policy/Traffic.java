package dev.weir.policy;

import dev.weir.model.L7;
import dev.weir.model.ProtocolPort;
import org.jspecify.annotations.Nullable;

/**
 * The traffic to decide about.
 *
 * @param protocol as in {@link dev.weir.model.Flow#protocol()}
 * @param port destination port; null when the protocol has none or the record does not hold it; 0 counts as null, since
 *     no such port exists and exporters write it for an unknown one
 * @param l7 the known part of the application layer, which rules about requests test; null if none is known
 * @param mesh the part that a mesh sees; null if nothing is known of it
 */
public record Traffic(
        Peer source,
        Peer destination,
        String protocol,
        @Nullable Integer port,
        @Nullable L7 l7,
        @Nullable MeshTraffic mesh) {

    public Traffic {
        port = port != null && port == 0 ? null : port;
    }

    public Traffic(Peer source, Peer destination, String protocol, @Nullable Integer port) {
        this(source, destination, protocol, port, null, null);
    }

    public Traffic(Peer source, Peer destination, String protocol, @Nullable Integer port, @Nullable L7 l7) {
        this(source, destination, protocol, port, l7, null);
    }

    /** Returns the same traffic at another port. */
    public Traffic at(int other) {
        return new Traffic(source, destination, protocol, other, l7, mesh);
    }

    /** Returns the same traffic without its request. */
    public Traffic withoutRequest() {
        return new Traffic(source, destination, protocol, port, null, mesh);
    }

    /** Returns the same traffic with another part for the mesh. */
    public Traffic with(MeshTraffic other) {
        return new Traffic(source, destination, protocol, port, l7, other);
    }

    /** Protocol and port for people: {@code TCP/5432}. */
    public String service() {
        return ProtocolPort.text(protocol, port);
    }

    /**
     * True if a pod exchanges traffic with its own node, which no policy can forbid, since the kubelet must reach it.
     */
    public boolean withOwnNode() {
        return isNode(source) != isNode(destination) && isOnOneNode();
    }

    /** True if one end is the host that the other one runs on or is itself. */
    public boolean withOwnHost() {
        return (source.isHost() || destination.isHost()) && isOnOneNode();
    }

    /** True if both ends are the same host, so that the traffic passes none of its interfaces to others. */
    public boolean withinHost() {
        return source.isHost() && destination.isHost() && isOnOneNode();
    }

    private boolean isOnOneNode() {
        String from = source.runsOn();
        return from != null && from.equals(destination.runsOn());
    }

    private static boolean isNode(Peer peer) {
        return peer.pod() == null && peer.node() != null;
    }

    /** True if a pod exchanges traffic with itself, which no policy is about. */
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
