package dev.weir.policy.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.Peer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pod of the cluster.
 *
 * @param workload the outermost known owner
 * @param owner the owner in its manifest; the same, or the ReplicaSet in between
 * @param peers one for each of its addresses; one without an address when none is known
 * @param described false for a pod that stands for a workload of which only the template is known
 * @param spec of the pod, as the API has it
 */
public record Member(
        Workload workload, Workload owner, Peer.Pod pod, List<Peer> peers, boolean described, JsonNode spec) {

    /**
     * True if the pod belongs to that workload, its outermost owner or the one that made the pod.
     *
     * @param kind null for any
     */
    boolean isOf(String namespace, @Nullable String kind, String name) {
        return is(workload, namespace, kind, name) || is(owner, namespace, kind, name);
    }

    private static boolean is(Workload workload, String namespace, @Nullable String kind, String name) {
        return workload.namespace().equals(namespace)
                && workload.name().equals(name)
                && (kind == null || workload.kind().equals(kind));
    }

    /** The ports that its containers declare, as {@code TCP/80}. */
    public List<String> listens() {
        List<String> ports = new ArrayList<>();
        for (JsonNode container : spec.path("containers")) {
            for (JsonNode port : container.path("ports")) {
                ports.add(port.path("protocol").asText("TCP") + "/"
                        + port.path("containerPort").asInt());
            }
        }
        return ports;
    }

    /** The pod's peer of the same address family as another peer, or the first. */
    public Peer towards(Peer other) {
        byte[] address = other.address();
        for (Peer peer : peers) {
            byte[] own = peer.address();
            if (own != null && address != null && own.length == address.length) {
                return peer;
            }
        }
        return peers.get(0);
    }
}
