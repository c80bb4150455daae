package dev.weir.policy.dialect;

import dev.weir.model.Direction;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.PeerClause;
import dev.weir.policy.PortClause;
import dev.weir.policy.PortNames;
import dev.weir.policy.Tier;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.dialect.kubernetes.NetworkPolicyChanges;
import dev.weir.policy.manifest.ChangeWriter;
import java.util.List;

/**
 * The way in which a network plugin enforces the policies of Kubernetes together with its own. This one does so as
 * Kubernetes describes them.
 */
public class Enforcer {
    /** Enforces as Kubernetes describes it. */
    public static final Enforcer STANDARD = new Enforcer();

    protected Enforcer() {}

    /** The tier of NetworkPolicy. */
    public Tier tier() {
        return Tier.NAMESPACE;
    }

    /** The priority of NetworkPolicy in its tier. */
    public double priority() {
        return 0;
    }

    /** The tier of policies with an order that come before those of namespaces. */
    public Tier adminTier() {
        return Tier.ADMIN;
    }

    /** The tier of policies with an order that come after those of namespaces. */
    public Tier baselineTier() {
        return Tier.BASELINE;
    }

    /** The clauses for the peers of a rule that names none. */
    public List<PeerClause> anyPeer() {
        return List.of();
    }

    /** The clause for the peers in a block of addresses. */
    public PeerClause peersIn(BlockClause block) {
        return block;
    }

    /** The writer of changes that reverse a decision where NetworkPolicies are in force, or no policy at all. */
    public ChangeWriter changes() {
        return new NetworkPolicyChanges(ClusterFacts.NONE);
    }

    /** The names of ports that the plugin knows. */
    public PortNames portNames() {
        return PortNames.OF_PODS;
    }

    /** The clause for the name of a port. */
    public PortClause named(Direction direction, String protocol, String name) {
        return PortClause.named(protocol, name, portNames());
    }
}
