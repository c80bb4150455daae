package dev.weir.policy.dialect.cilium;

import dev.weir.model.Direction;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.PeerClause;
import dev.weir.policy.PortClause;
import dev.weir.policy.PortNames;
import dev.weir.policy.Tier;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.dialect.Enforcer;
import dev.weir.policy.manifest.ChangeWriter;
import java.util.List;

/**
 * The way in which Cilium enforces NetworkPolicy: in one tier with its own policies, with blocks of addresses that are
 * about no pod and no node, and with names of ports that mean one number on egress.
 */
public final class CiliumEnforcer extends Enforcer {
    private final ClusterFacts facts;

    private CiliumEnforcer(ClusterFacts facts) {
        this.facts = facts;
    }

    /** The enforcer of a cluster. */
    public static CiliumEnforcer of(ClusterFacts facts) {
        return facts.view(CiliumEnforcer.class, CiliumEnforcer::new);
    }

    @Override
    public Tier tier() {
        return Tier.CILIUM;
    }

    /** A clause for any peer, which requirements bind as they bind selectors. */
    @Override
    public List<PeerClause> anyPeer() {
        return List.of(new EndpointsClause(List.of(), CiliumFacts.of(facts)));
    }

    @Override
    public PeerClause peersIn(BlockClause block) {
        return CiliumFacts.of(facts).peersIn(block);
    }

    @Override
    public ChangeWriter changes() {
        return new CiliumChanges(facts);
    }

    @Override
    public PortNames portNames() {
        return PortNames.OF_OWN_NETWORK;
    }

    @Override
    public PortClause named(Direction direction, String protocol, String name) {
        return CiliumPorts.named(facts, direction, protocol, name);
    }
}
