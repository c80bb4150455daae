package dev.weir.policy.dialect;

import dev.weir.policy.ClusterFacts;
import dev.weir.policy.dialect.calico.CalicoDialect;
import dev.weir.policy.dialect.calico.CalicoEnforcer;
import dev.weir.policy.dialect.cilium.CiliumDialect;
import dev.weir.policy.dialect.cilium.CiliumEnforcer;

/** Finds out which network plugin enforces the policies of a cluster, by the objects that the cluster has. */
public final class Enforcers {
    private Enforcers() {}

    /** The enforcer of a cluster. */
    public static Enforcer of(ClusterFacts facts) {
        if (facts.has(CiliumDialect.GROUP)) {
            return CiliumEnforcer.of(facts);
        }
        return facts.has(CalicoDialect.SERVED) || facts.has(CalicoDialect.STORED)
                ? CalicoEnforcer.INSTANCE
                : Enforcer.STANDARD;
    }
}
