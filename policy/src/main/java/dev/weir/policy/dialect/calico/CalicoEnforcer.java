package dev.weir.policy.dialect.calico;

import dev.weir.policy.PortNames;
import dev.weir.policy.Tier;
import dev.weir.policy.dialect.Enforcer;

/** The way in which Calico enforces the policies of Kubernetes: in its own tiers, in their order. */
public final class CalicoEnforcer extends Enforcer {
    /** The one enforcer, since it is the same for all clusters. */
    public static final CalicoEnforcer INSTANCE = new CalicoEnforcer();

    private static final double ORDER = 1_000;

    private CalicoEnforcer() {}

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

    /** Names of the container ports that Calico knows: it takes no pod on the host's network for an endpoint. */
    @Override
    public PortNames portNames() {
        return PortNames.OF_OWN_NETWORK;
    }
}
