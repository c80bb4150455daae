package dev.weir.policy;

import dev.weir.model.PolicyRef;
import java.util.Collection;
import java.util.Set;

/**
 * ICMP, whose treatment the policies of Kubernetes and SIG Network leave undefined. Those of Calico and Cilium define
 * it.
 */
public final class UndefinedIcmp {
    /** The caveat of a decision that rests on it. */
    public static final String CAVEAT =
            "Kubernetes leaves open what its policies say of ICMP, and network plug-ins differ";

    private static final Set<String> PROTOCOLS = Set.of("ICMP", "ICMPV6");
    private static final Set<String> KUBERNETES =
            Set.of("NetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy");

    private UndefinedIcmp() {}

    /** True if the protocol is ICMP and one of the deciding policies is of a kind that leaves ICMP undefined. */
    public static boolean decides(String protocol, Collection<PolicyRef> decidedBy) {
        return PROTOCOLS.contains(protocol)
                && decidedBy.stream().map(PolicyRef::kind).anyMatch(KUBERNETES::contains);
    }
}
