package dev.weir.policy.explain;

import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Match;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Selected;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.Dialects;
import dev.weir.policy.manifest.ChangeWriter;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.PolicyChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The smallest change that allows denied traffic on one side, in the terms of the dialect whose policy denies it. The
 * policies with the change are asked whether they allow it.
 */
final class AllowPatch {
    private AllowPatch() {}

    /**
     * Builds the change.
     *
     * @return a JSON patch in YAML or a new policy, with a comment that says how to apply it; null when an end cannot
     *     be selected alone, when nothing that allows overrides what denies, and when a policy denies whose dialect
     *     writes no changes
     */
    static @Nullable String of(PolicySet policies, Selected selected, SideDecision decision, Traffic traffic) {
        Policy start = start(selected, decision, traffic);
        ChangeWriter writer =
                start == null ? null : Dialects.changes(start.ref().kind(), policies.facts());
        if (writer == null) {
            return null;
        }
        DecidedSide side = new DecidedSide(policies, selected, decision, traffic, start);
        PolicyChange change = writer.allow(side);
        return change == null || !allows(Trial.decide(side, change)) ? null : change.text();
    }

    private static boolean allows(@Nullable SideDecision decision) {
        return decision != null
                && (decision.expected() == Expected.ALLOW || decision.expected() == Expected.UNSELECTED);
    }

    /** The policy whose rule denies, or else the one of the tier that denies which comes nearest to allowing. */
    private static @Nullable Policy start(Selected selected, SideDecision decision, Traffic traffic) {
        PolicyRef deciding = decision.decidedBy().get(0);
        for (Selected.InTier tier : selected.tiers()) {
            for (Policy policy : tier.policies()) {
                if (has(policy, selected, deciding)) {
                    return policy;
                }
                if (policy.ref(selected.direction()).equals(deciding)) {
                    return nearest(tier.policies(), selected, traffic);
                }
            }
        }
        return null;
    }

    private static boolean has(Policy policy, Selected selected, PolicyRef rule) {
        return policy.rules(selected.direction()).stream()
                .anyMatch(each -> each.ref().equals(rule));
    }

    private static @Nullable Policy nearest(List<Policy> policies, Selected selected, Traffic traffic) {
        Policy nearest = null;
        int distance = Integer.MAX_VALUE;
        for (Policy policy : policies) {
            if (!policy.isolated().contains(selected.direction())) {
                // Such a policy does not deny, and may be one that only denies by its rules.
                continue;
            }
            Match match = Explainer.nearest(policy, selected.direction(), traffic);
            int whole = policy.subject().isWide() ? 1 : 0;
            int its = match == null ? Integer.MAX_VALUE - 1 + whole : 2 * match.distance() + whole;
            if (nearest == null || its < distance) {
                nearest = policy;
                distance = its;
            }
        }
        return nearest;
    }
}
