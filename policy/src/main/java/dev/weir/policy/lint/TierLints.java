package dev.weir.policy.lint;

import dev.weir.model.Direction;
import dev.weir.policy.Action;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Selected;
import dev.weir.policy.Tier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds policies that no traffic reaches, since a tier before theirs decides about all traffic of their pods. */
final class TierLints {
    private final PolicySet policies;
    private final List<Peer> peers;
    private final Linter.Report report;

    /**
     * Creates the lints.
     *
     * @param peers the pods of the cluster
     */
    TierLints(PolicySet policies, List<Peer> peers, Linter.Report report) {
        this.policies = policies;
        this.peers = peers;
        this.report = report;
    }

    void look(Policy policy) {
        // A baseline is there for the pods that other policies leave alone.
        boolean isOutOfOrder = policy.tier().isOfMesh() || policy.tier().equals(Tier.BASELINE);
        if (isOutOfOrder) {
            return;
        }
        Tier first = null;
        boolean isReached = false;
        for (Direction direction : policy.directions()) {
            for (Selected selected : selecting(policy, direction)) {
                Tier before = endingBefore(selected, policy.tier());
                isReached |= before == null;
                first = first == null ? before : first;
            }
        }
        if (first != null && !isReached) {
            report.add(
                    Lint.NEVER_REACHED,
                    policy,
                    "metadata.name",
                    "is never reached: the tier '" + first.id()
                            + "' before it decides about all traffic of the same pods, and none of its rules passes");
        }
    }

    private List<Selected> selecting(Policy policy, Direction direction) {
        List<Selected> all = new ArrayList<>();
        for (Peer peer : peers) {
            Selected selected = policies.selecting(peer, direction);
            if (selected.of(policy.tier()).contains(policy)) {
                all.add(selected);
            }
        }
        return all;
    }

    /** The first tier before another one after which nothing is left open; null for none. */
    private static @Nullable Tier endingBefore(Selected selected, Tier tier) {
        for (Selected.InTier each : selected.tiers()) {
            if (each.tier().compareTo(tier) >= 0) {
                return null;
            }
            if (each.tier().isOrdered() && ends(each, selected.direction())) {
                return each.tier();
            }
        }
        return null;
    }

    private static boolean ends(Selected.InTier tier, Direction direction) {
        boolean isolates =
                tier.policies().stream().anyMatch(policy -> policy.isolated().contains(direction));
        boolean passes = tier.policies().stream()
                .anyMatch(policy -> policy.rules(direction).stream().anyMatch(rule -> rule.action() == Action.PASS));
        return isolates && !passes;
    }
}
