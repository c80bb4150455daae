package dev.weir.policy.dialect;

import dev.weir.model.PolicyRef;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Enforcement;
import dev.weir.policy.NetworkAgent;
import dev.weir.policy.dialect.calico.CalicoDialect;
import dev.weir.policy.dialect.calico.CalicoEnforcer;
import dev.weir.policy.dialect.cilium.CiliumDialect;
import dev.weir.policy.dialect.cilium.CiliumEnforcer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which network plugin enforces the policies of a cluster: by its agents, or where none is known by the
 * objects that the cluster has.
 */
public final class Enforcers {
    private Enforcers() {}

    /** The enforcer of a cluster. */
    public static Enforcer of(ClusterFacts facts) {
        Set<NetworkAgent> agents = facts.agents();
        boolean isFoundOut = !agents.isEmpty();
        if (isFoundOut ? agents.contains(NetworkAgent.CILIUM) : facts.has(CiliumDialect.GROUP)) {
            return CiliumEnforcer.of(facts);
        }
        boolean hasCalico = facts.has(CalicoDialect.SERVED) || facts.has(CalicoDialect.STORED);
        return (isFoundOut ? agents.contains(NetworkAgent.CALICO) : hasCalico)
                ? CalicoEnforcer.of(facts)
                : Enforcer.STANDARD;
    }

    /** The enforcement of the policies by the agents of a cluster; where none is known every policy is enforced. */
    public static Enforcement enforcement(ClusterFacts facts) {
        Set<NetworkAgent> agents = facts.agents();
        return agents.isEmpty() ? Enforcement.ASSUMED : policy -> gap(policy, agents);
    }

    private static @Nullable String gap(PolicyRef policy, Set<NetworkAgent> agents) {
        List<Dialect> dialects = Dialects.shownAs(policy.kind());
        boolean isEnforced = dialects.isEmpty()
                || dialects.stream().anyMatch(each -> agents.stream().anyMatch(each::isEnforcedBy));
        return isEnforced
                ? null
                : "nothing enforces " + policy.withoutRule().display()
                        + ", since no agent of the nodes does: they run "
                        + agents.stream().sorted().map(NetworkAgent::title).collect(Collectors.joining(" and "));
    }
}
