package dev.weir.policy;

import dev.weir.model.PolicyRef;
import java.util.Collection;
import java.util.Set;

/**
 * ICMP, of which the policies of Kubernetes and SIG Network say nothing that is defined. Those of Calico and Cilium say what they mean
 * by it.
 */
public final class UndefinedIcmp {
    /** For people who read a decision that rests on it. */
    public static final String CAVEAT =
            "Kubernetes leaves open what its policies say of ICMP, and network plug-ins differ";

    private static final Set<String> PROTOCOLS = Set.of("ICMP", "ICMPV6");
    private static final Set<String> KUBERNETES =
            Set.of("NetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy");

    private UndefinedIcmp() {}

    /** Whether the protocol is ICMP and one of the policies that decide is of a kind that leaves ICMP open. */
    public static boolean decides(String protocol, Collection<PolicyRef> decidedBy) {
        return PROTOCOLS.contains(protocol)
                && decidedBy.stream().map(PolicyRef::kind).anyMatch(KUBERNETES::contains);
    }
}
