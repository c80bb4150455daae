package dev.weir.policy.dialect.calico;

import dev.weir.policy.ClusterFacts;
import dev.weir.policy.PortNames;
import dev.weir.policy.Tier;
import dev.weir.policy.dialect.Enforcer;
import dev.weir.policy.manifest.ChangeWriter;

/** The way in which Calico enforces the policies of Kubernetes: in its own tiers, in their order. */
public final class CalicoEnforcer extends Enforcer {
    private static final double ORDER = 1_000;

    private final ClusterFacts cluster;
    private final CalicoFacts facts;

    private CalicoEnforcer(ClusterFacts facts) {
        this.cluster = facts;
        this.facts = CalicoFacts.of(facts);
    }

    /** The enforcer of a cluster. */
    public static CalicoEnforcer of(ClusterFacts facts) {
        return facts.view(CalicoEnforcer.class, CalicoEnforcer::new);
    }

    @Override
    public Tier tier() {
        return CalicoTiers.named(CalicoTiers.DEFAULT).tier();
    }

    @Override
    public double priority() {
        return ORDER;
    }

    @Override
    public Tier adminTier() {
        return CalicoTiers.named("kube-admin").tier();
    }

    @Override
    public Tier baselineTier() {
        return CalicoTiers.named("kube-baseline").tier();
    }

    @Override
    public ChangeWriter changes() {
        return new CalicoChanges(cluster);
    }

    @Override
    public PortNames portNames() {
        return new EndpointPorts(facts);
    }
}
