package dev.weir.policy.dialect.cilium;

import dev.weir.policy.Holds;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.Traffic;
import dev.weir.policy.clause.LabelOperator;
import dev.weir.policy.dialect.cilium.EndpointLabels.Requirement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A clause for the endpoints that a selector of Cilium selects, all of whose requirements must hold. */
record EndpointsClause(List<Requirement> requirements, CiliumFacts facts)
        implements PeerClause, PeerClause.AddressTest, Policy.Subject {
    @Override
    public boolean selects(Identity pod) {
        return !pod.hostNetwork() && holds(pod) == Holds.YES;
    }

    @Override
    public Holds selection(Peer.Pod pod) {
        return pod.identity().hostNetwork() ? Holds.NO : holds(pod.identity());
    }

    /** True unless a label of pods must have a value. */
    @Override
    public boolean isWide() {
        return requirements.stream()
                .noneMatch(each -> each.operator() == LabelOperator.IN
                        && !each.key().isNamespace()
                        && !each.key().isLabelOfNamespace()
                        && !each.key().isCluster());
    }

    private Holds holds(Identity pod) {
        Holds all = Holds.YES;
        for (Requirement each : requirements) {
            all = all.and(each.holds(facts, pod));
        }
        return all;
    }

    private Holds holds(@Nullable Traffic traffic, Peer other, boolean isReserved) {
        Peer.Pod pod = other.selectable();
        if (pod != null) {
            return isReserved ? Holds.NO : holds(pod.identity());
        }
        Holds all = Holds.YES;
        for (Requirement each : requirements) {
            all = all.and(each.holds(facts, traffic, other));
        }
        return all;
    }

    @Override
    public Holds holds(Peer peer) {
        return holds(null, peer, false);
    }

    @Override
    public Holds holds(Traffic traffic, Peer other) {
        return holds(traffic, other, false);
    }

    /** Tests ends that are no pods; pods are distinguished by their identities. */
    @Override
    public Holds test(Peer peer) {
        return holds(null, peer, true);
    }

    @Override
    public boolean isBoundByRequirements() {
        return true;
    }

    @Override
    public List<String> reasons(Peer peer) {
        Peer.Pod pod = peer.selectable();
        return switch (holds(peer)) {
            case YES -> List.of();
            case UNKNOWN -> List.of("it is not known whether a selector selects " + peer.display());
            case NO ->
                pod == null
                        ? List.of(peer.whyNotSelectable())
                        : requirements.stream()
                                .filter(each -> each.holds(facts, pod.identity()) == Holds.NO)
                                .map(each -> each.failure(each.key().of(pod.identity(), facts)))
                                .toList();
        };
    }

    @Override
    public List<AddressTest> addressTests() {
        return List.of(this);
    }
}
