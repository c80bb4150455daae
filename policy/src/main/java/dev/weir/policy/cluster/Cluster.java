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
 * The cluster that a set of manifests describes.
 *
 * @param namespaces labels by name, also of namespaces that only their pods or policies name
 * @param members in the order of their workloads, then by name
 * @param policies those in force; a policy that could not be compiled is unknown
 * @param staged the policies as they would be with those of staged kinds enforced; the same set where there is none
 * @param policyManifests the manifest of each
 * @param problems objects that were left out, and objects that contradict each other
 * @param refused mistakes of policies for which the API server refuses them, compiled or not
 * @param accepted parts of policies that the API server accepts although their meaning is not defined
 * @param mistakesInForce mistakes in policies that stay in force: unknown fields, whose rules fail closed, and those of
 *     policies that are in force as unknown, where it is not known whether the API server refuses them
 */
public record Cluster(
        Map<String, Map<String, String>> namespaces,
        List<Member> members,
        Map<String, Peer> nodesByAddress,
        PolicySet policies,
        PolicySet staged,
        Map<PolicyRef, Manifest> policyManifests,
        List<Problem> problems,
        List<Problem> refused,
        List<Problem> accepted,
        List<Problem> mistakesInForce) {

    /**
     * The namespaces of the cluster itself: a policy for them that allows only the recorded traffic would break traffic
     * that was not recorded.
     */
    public static final Set<String> OWN_NAMESPACES = Set.of("kube-system", "kube-public", "kube-node-lease");

    /** The beginning of a reason about an object that the API server accepts. */
    public static final String ACCEPTED = "accepted by the API server, but ";

    /** The cluster of which manifests describe a part; it may have other objects that they do not. */
    public static Cluster of(List<Manifest> manifests) {
        return new ClusterBuilder(false).build(manifests);
    }

    /** The cluster that has the objects of the manifests and no others. */
    public static Cluster whole(List<Manifest> manifests) {
        return new ClusterBuilder(true).build(manifests);
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

    /** The owner of an address: a pod, a node, or an address outside the cluster. Null when the text is no address. */
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
