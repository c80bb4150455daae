package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.policy.Policy;
import dev.weir.policy.Rule;
import dev.weir.policy.manifest.DecidedSide;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The order of a new policy in a tier. */
final class CalicoOrder {
    /** The order before policies without one, where no other is given. */
    private static final double USUAL = 100;

    private CalicoOrder() {}

    /** The first of the policies of a tier with a rule that decides, or may do so; null for none. */
    static @Nullable Policy deciding(List<Policy> policies, DecidedSide side) {
        return policies.stream()
                .filter(policy -> policy.rules(side.direction()).stream().anyMatch(rule -> mayMatch(rule, side)))
                .findFirst()
                .orElse(null);
    }

    private static boolean mayMatch(Rule rule, DecidedSide side) {
        return rule.match(side.traffic(), side.direction()).failures().isEmpty();
    }

    /**
     * An order just below that of a policy, and above those before it.
     *
     * @param policy null to be the last
     * @param others all that select the end in the tier
     * @return null for no order, which is the last
     */
    static @Nullable Double before(@Nullable Policy policy, List<Policy> others) {
        if (policy == null) {
            return null;
        }
        double above = policy.priority();
        double below = others.stream()
                .mapToDouble(Policy::priority)
                .filter(order -> order < above)
                .max()
                .orElse(Double.NEGATIVE_INFINITY);
        if (Double.isInfinite(above)) {
            return Double.isInfinite(below) ? USUAL : below + 1;
        }
        return Double.isInfinite(below) ? above - 1 : below + (above - below) / 2;
    }

    /** Writes an order, a whole number without a fraction. */
    static void put(ObjectNode spec, @Nullable Double order) {
        if (order == null) {
            return;
        }
        if (order == Math.rint(order)) {
            spec.put("order", order.longValue());
        } else {
            spec.put("order", order);
        }
    }
}
