package dev.weir.policy.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.Peer;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod of the cluster.
 *
 * @param peers one for each of its addresses; one without an address when none is known
 * @param described false for a pod that stands for a workload of which only the template is known
 * @param spec of the pod, as the API has it
 */
public record Member(Workload workload, Peer.Pod pod, List<Peer> peers, boolean described, JsonNode spec) {

    /** Where one of its containers says that it listens; protocol and number as in {@code TCP/80}. */
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

    /** Its peer of the same address family as the other's, or the first. */
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

    /** Another pod of the same workload, for one that stands for all of them. */
    public Peer replica() {
        return Peer.pod(peers.get(0).ip(), new Peer.Pod(pod.name() + " (another replica)", pod.identity()));
    }
}
