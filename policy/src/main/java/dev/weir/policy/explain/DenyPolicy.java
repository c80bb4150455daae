package dev.weir.policy.explain;

import dev.weir.model.Direction;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Selected;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.Enforcers;
import dev.weir.policy.manifest.DecidedSide;
import dev.weir.policy.manifest.PolicyChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tightest policy that denies allowed traffic and nothing else, in the terms of the network plugin: a rule for
 * exactly these two ends (by the labels that last, so for pods with all of them and more, too) and this port, which
 * comes before the policies that allow it. The policies with it are asked whether they deny the traffic.
 */
public final class DenyPolicy {
    private DenyPolicy() {}

    /**
     * Builds the policy.
     *
     * @return null when no policy can deny it: a pod with itself, traffic that no policy binds, a protocol that no rule
     *     is about alone, an end that cannot be selected alone, an allow that nothing can precede, or an earlier policy
     *     whose dialect has an order of its own
     */
    public static @Nullable String of(PolicySet policies, Traffic traffic) {
        if (traffic.toItself()) {
            return null;
        }
        for (Direction direction : directions(traffic)) {
            DecidedSide side = side(policies, traffic, direction);
            PolicyChange change = Enforcers.of(policies.facts()).changes().deny(side);
            if (change != null && denies(Trial.after(side, change), traffic)) {
                return change.text();
            }
        }
        return null;
    }

    private static boolean denies(@Nullable PolicySet after, Traffic traffic) {
        return after != null && after.decide(traffic).expected() == Expected.DENY;
    }

    /** The directions in which a policy may deny the traffic: at the destination if both ends are pods. */
    private static List<Direction> directions(Traffic traffic) {
        boolean isBetweenPods =
                traffic.source().selectable() != null && traffic.destination().selectable() != null;
        return isBetweenPods ? List.of(Direction.INGRESS) : List.of(Direction.INGRESS, Direction.EGRESS);
    }

    private static DecidedSide side(PolicySet policies, Traffic traffic, Direction direction) {
        Peer subject = direction == Direction.INGRESS ? traffic.destination() : traffic.source();
        Selected selected = policies.selecting(subject, direction).about(traffic);
        SideDecision decision = selected.decide(traffic);
        return new DecidedSide(policies, selected, decision, traffic, allowing(selected, decision));
    }

    /** The policy with the rule that allows; null where none does. */
    private static @Nullable Policy allowing(Selected selected, SideDecision decision) {
        List<PolicyRef> deciding = decision.decidedBy();
        return selected.all().stream()
                .filter(policy ->
                        policy.rules(selected.direction()).stream().anyMatch(rule -> deciding.contains(rule.ref())))
                .findFirst()
                .orElse(null);
    }
}
