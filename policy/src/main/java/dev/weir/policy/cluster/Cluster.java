package dev.weir.policy.cluster;

import dev.weir.common.Ip;
import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.Problem;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Peer;
import dev.weir.policy.PolicySet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a set of manifests describes.
 *
 * @param namespaces labels by name; those that only their pods or policies name are there too
 * @param members in the order of their workloads, then by name
 * @param policies those that are in force; what could not be compiled is unknown
 * @param policyManifests where each of them stands
 * @param problems what had to be left out, and objects that cannot stand beside each other
 * @param refused what the API server refuses of policies, compiled or not
 * @param accepted what the API server accepts although nothing says what it means
 * @param failedClosed fields that are not known, in rules that stay in force and fail closed
 */
public record Cluster(
        Map<String, Map<String, String>> namespaces,
        List<Member> members,
        Map<String, Peer> nodesByAddress,
        PolicySet policies,
        Map<PolicyRef, Manifest> policyManifests,
        List<Problem> problems,
        List<Problem> refused,
        List<Problem> accepted,
        List<Problem> failedClosed) {

    /** Where the cluster itself runs: closing it by what was seen, or by default, breaks what was not seen yet. */
    public static final Set<String> OWN_NAMESPACES = Set.of("kube-system", "kube-public", "kube-node-lease");

    /** How a reason begins that the API server has nothing against. */
    public static final String ACCEPTED = "accepted by the API server, but ";

    public static Cluster of(List<Manifest> manifests) {
        return new ClusterBuilder().build(manifests);
    }

    public @Nullable Member pod(String namespace, String name) {
        return members.stream()
                .filter(member -> member.pod().namespace().equals(namespace)
                        && member.pod().name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The pods of a workload. */
    public List<Member> of(String namespace, @Nullable String kind, String name) {
        return members.stream()
                .filter(member -> member.isOf(namespace, kind, name))
                .toList();
    }

    /** Who has the address: a pod, a node, or nobody in the cluster. Null when the text is no address. */
    public @Nullable Peer at(String address) {
        String ip = Ip.canonical(address);
        if (ip == null) {
            return null;
        }
        for (Member member : members) {
            for (Peer peer : member.peers()) {
                if (ip.equals(peer.ip()) && peer.selectable() != null) {
                    return peer;
                }
            }
        }
        Peer node = nodesByAddress.get(ip);
        return node == null ? Peer.address(ip) : node;
    }
}
