package dev.weir.policy;

import dev.weir.common.Ip;
import dev.weir.model.context.ClusterObject;
import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.model.context.MeshProxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of the traffic as policies see it: a pod, a node, or an address of neither. Its hash and its address bytes
 * are kept, since every decision needs them.
 */
public final class Peer {
    private final @Nullable String ip;
    private final byte @Nullable [] address;
    private final @Nullable Pod pod;
    private final @Nullable Node node;
    private final List<String> names;
    private final @Nullable String runsOn;
    private final int hash;

    private Peer(
            @Nullable String ip, @Nullable Pod pod, @Nullable Node node, List<String> names, @Nullable String runsOn) {
        this.runsOn = runsOn;
        this.ip = ip;
        this.address = ip == null ? null : Ip.parse(ip);
        this.pod = pod;
        this.node = node;
        this.names = names;
        this.hash = Identity.mixed(Objects.hash(ip, pod, node, names, runsOn));
    }

    /**
     * A pod with its name.
     *
     * @param standIn true if it stands for any pod of its workload, so that a pod that looks equal may be another one
     */
    public record Pod(String name, Identity identity, boolean standIn) {
        private static final String DEFAULT_ACCOUNT = "default";

        public Pod(
                String namespace,
                String name,
                Map<String, String> namespaceLabels,
                Map<String, String> labels,
                List<NamedPort> ports,
                boolean hostNetwork) {
            this(
                    name,
                    new Identity(
                            namespace, namespaceLabels, labels, ports, hostNetwork, DEFAULT_ACCOUNT, MeshProxy.NONE),
                    false);
        }

        /** Returns a pod of the cluster. */
        public static Pod of(ClusterObject.Pod pod, Map<String, String> namespaceLabels) {
            Identity identity = new Identity(
                    pod.namespace(),
                    namespaceLabels,
                    pod.labels(),
                    pod.ports(),
                    pod.hostNetwork(),
                    pod.serviceAccount(),
                    pod.proxy());
            return new Pod(pod.name(), identity, false);
        }

        /** Returns the same pod with the proxy that a mesh gives it. */
        public Pod withProxy(MeshProxy proxy) {
            Identity with = new Identity(
                    identity.namespace(),
                    identity.namespaceLabels(),
                    identity.labels(),
                    identity.ports(),
                    identity.hostNetwork(),
                    identity.serviceAccount(),
                    proxy);
            return new Pod(name, with, standIn);
        }

        public String namespace() {
            return identity.namespace();
        }

        /** Returns the same pod, standing for any pod of its workload. */
        public Pod asStandIn() {
            return new Pod(name, identity, true);
        }

        /** The name for people: {@code shop/web-1}. */
        public String display() {
            return identity.namespace() + "/" + name;
        }
    }

    /** A node of the cluster. */
    public record Node(String name, Map<String, String> labels) {}

    /** Creates a peer that, as far as known, is neither a pod nor a node. */
    public static Peer address(String ip) {
        return new Peer(ip, null, null, List.of(), null);
    }

    /**
     * Creates a peer outside the cluster.
     *
     * @param names the domain names by which the address is known, lower case, without the last dot; empty when none
     *     was resolved
     */
    public static Peer address(String ip, List<String> names) {
        return new Peer(ip, null, null, names, null);
    }

    /**
     * Creates a pod's peer.
     *
     * @param ip canonical text; null when only a manifest describes the pod
     */
    public static Peer pod(@Nullable String ip, Pod pod) {
        return pod(ip, pod, null);
    }

    /**
     * Creates a pod's peer.
     *
     * @param runsOn name of the pod's node; null when it is not known
     */
    public static Peer pod(@Nullable String ip, Pod pod, @Nullable String runsOn) {
        return new Peer(ip, pod, null, List.of(), runsOn);
    }

    /** Creates the peer of a pod that shares the network of its node. */
    public static Peer onHost(@Nullable String ip, Pod pod, @Nullable Node node) {
        return new Peer(ip, pod, node, List.of(), node == null ? null : node.name());
    }

    public static Peer node(String ip, Node node) {
        return new Peer(ip, null, node, List.of(), node.name());
    }

    public @Nullable String ip() {
        return ip;
    }

    /** The 4 or 16 bytes of {@link #ip()}; not to be changed. */
    public byte @Nullable [] address() {
        return address;
    }

    public @Nullable Pod pod() {
        return pod;
    }

    public @Nullable Node node() {
        return node;
    }

    public List<String> names() {
        return names;
    }

    /** The name of the node that the peer is or runs on; null when it is not known. */
    public @Nullable String runsOn() {
        return runsOn;
    }

    /** Returns the same peer, standing for any pod of its workload. */
    public Peer asStandIn() {
        return pod == null ? this : new Peer(ip, pod.asStandIn(), node, names, runsOn);
    }

    /** The pod, if policies can select it; a host-network pod shares the node's stack, out of their reach. */
    public @Nullable Pod selectable() {
        return pod == null || pod.identity().hostNetwork() ? null : pod;
    }

    /** True for a node, and for a pod that shares its network. */
    public boolean isHost() {
        return selectable() == null && (node != null || pod != null);
    }

    /** The reason for which {@link #selectable} is null, for people. */
    public String whyNotSelectable() {
        return display() + (pod == null ? " is not a pod" : " uses the host's network");
    }

    /**
     * The name for people: {@code shop/web-1}, {@code node n1}, {@code 192.0.2.1} or {@code 192.0.2.1 (example.com)}.
     */
    public String display() {
        if (pod != null) {
            return pod.display();
        }
        if (node != null) {
            return "node " + node.name();
        }
        return ip + (names.isEmpty() ? "" : " (" + names.get(0) + ")");
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Peer that
                        && hash == that.hash
                        && Objects.equals(ip, that.ip)
                        && Objects.equals(pod, that.pod)
                        && Objects.equals(node, that.node)
                        && names.equals(that.names)
                        && Objects.equals(runsOn, that.runsOn));
    }

    @Override
    public String toString() {
        return display();
    }
}
