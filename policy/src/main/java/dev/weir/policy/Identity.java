package dev.weir.policy;

import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.model.context.MeshProxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All properties by which policies can distinguish pods, addresses excepted: the replicas of a workload share one. A
 * class and not a record, because every decision needs its hash, which is kept.
 */
public final class Identity {
    private final String namespace;
    private final Map<String, String> namespaceLabels;
    private final Map<String, String> labels;
    private final List<NamedPort> ports;
    private final boolean hostNetwork;
    private final @Nullable String serviceAccount;
    private final MeshProxy proxy;
    private final int hash;

    /**
     * Creates an identity.
     *
     * @param ports the container ports that have a name
     * @param hostNetwork true if the pod shares its node's network, which puts it out of the reach of selectors
     * @param serviceAccount name of the pod's service account, into which the API server fills {@code default};
     *     null when it is not known
     * @param proxy the proxy of a mesh through which the pod receives its traffic
     */
    public Identity(
            String namespace,
            Map<String, String> namespaceLabels,
            Map<String, String> labels,
            List<NamedPort> ports,
            boolean hostNetwork,
            @Nullable String serviceAccount,
            MeshProxy proxy) {
        this.namespace = namespace;
        this.namespaceLabels = namespaceLabels;
        this.labels = labels;
        this.ports = ports;
        this.hostNetwork = hostNetwork;
        this.serviceAccount = serviceAccount;
        this.proxy = proxy;
        this.hash = mixed(Objects.hash(namespace, namespaceLabels, labels, ports, hostNetwork, serviceAccount, proxy));
    }

    /**
     * Spreads a hash over all its bits (the finalizer of MurmurHash3). Names and addresses are numbered, and the hashes
     * of such strings are so regular that sums of two of them collide by the thousand.
     */
    static int mixed(int hash) {
        int mixed = hash;
        mixed ^= mixed >>> 16;
        mixed *= 0x85ebca6b;
        mixed ^= mixed >>> 13;
        mixed *= 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }

    public String namespace() {
        return namespace;
    }

    public Map<String, String> namespaceLabels() {
        return namespaceLabels;
    }

    public Map<String, String> labels() {
        return labels;
    }

    public List<NamedPort> ports() {
        return ports;
    }

    public boolean hostNetwork() {
        return hostNetwork;
    }

    public @Nullable String serviceAccount() {
        return serviceAccount;
    }

    public MeshProxy proxy() {
        return proxy;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Identity that
                        && hash == that.hash
                        && hostNetwork == that.hostNetwork
                        && namespace.equals(that.namespace)
                        && Objects.equals(serviceAccount, that.serviceAccount)
                        && labels.equals(that.labels)
                        && namespaceLabels.equals(that.namespaceLabels)
                        && ports.equals(that.ports)
                        && proxy.equals(that.proxy));
    }
}
