package dev.weir.model.context;

import dev.weir.common.Cidr;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of a Kubernetes object that says which workload has an address. */
public sealed interface ClusterObject {

    /** The addresses of the object; empty when it has none of its own. */
    List<String> addresses();

    /**
     * A pod.
     *
     * @param workload the outermost controller that is known to own it, or the pod itself
     */
    record Pod(
            String namespace,
            String name,
            Map<String, String> labels,
            List<String> ips,
            boolean hostNetwork,
            @Nullable String node,
            String workload,
            String workloadKind,
            List<NamedPort> ports,
            String serviceAccount,
            MeshProxy proxy)
            implements ClusterObject {

        /** The addresses; none for a host-network pod, since it answers at the address of its node. */
        @Override
        public List<String> addresses() {
            return hostNetwork ? List.of() : ips;
        }
    }

    /** A container port that has a name. */
    record NamedPort(String name, String protocol, int port) {}

    record Namespace(String name, Map<String, String> labels) implements ClusterObject {
        @Override
        public List<String> addresses() {
            return List.of();
        }
    }

    record Service(String namespace, String name, List<String> ips) implements ClusterObject {
        @Override
        public List<String> addresses() {
            return ips;
        }
    }

    /**
     * A node.
     *
     * @param podBlocks the blocks that its pods have addresses of
     */
    record Node(String name, Map<String, String> labels, List<String> ips, List<Cidr> podBlocks)
            implements ClusterObject {
        @Override
        public List<String> addresses() {
            return ips;
        }
    }

    /** An object without addresses, such as a policy. */
    record Other() implements ClusterObject {
        @Override
        public List<String> addresses() {
            return List.of();
        }
    }
}
