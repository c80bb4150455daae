package dev.weir.policy.explain;

import dev.weir.model.Direction;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Tier;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.admin.AdminDialect;
import dev.weir.policy.manifest.RuleWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tightest policy that denies allowed traffic and nothing else: a rule for exactly these two ends (by the labels
 * that last, so for pods with all of them and more, too) and this port, evaluated before the policies that allow it. A
 * NetworkPolicy can only allow, so the policy is one of the cluster, of the kind that the set holds already.
 */
public final class DenyPolicy {
    private DenyPolicy() {}

    /**
     * Builds the policy.
     *
     * @return null when no policy can deny it: a pod with itself or its own node, a protocol without ports, an end that
     *     cannot be selected alone, an allow at priority 0, or an earlier policy whose dialect has an order of its own
     */
    public static @Nullable String of(PolicySet policies, Traffic traffic) {
        if (traffic.toItself() || traffic.withOwnNode() || !AllowPatch.isExact(traffic)) {
            return null;
        }
        boolean betweenPods =
                traffic.destination().selectable() != null && traffic.source().selectable() != null;
        Direction direction = betweenPods ? Direction.INGRESS : Direction.EGRESS;
        boolean v1alpha1 = policies.policies().stream()
                .anyMatch(policy -> policy.ref().kind().equals(AdminDialect.ADMIN));
        List<Policy> earlier = policies.selecting(betweenPods ? traffic.destination() : traffic.source(), direction)
                .of(Tier.ADMIN);
        if (!earlier.isEmpty() && !AdminDialect.has(earlier.get(0).ref())) {
            return null;
        }
        return ExactPolicy.of(
                policies,
                v1alpha1 ? RuleWriter.Words.V1ALPHA1 : RuleWriter.Words.V1ALPHA2,
                false,
                direction,
                traffic,
                earlier.isEmpty() ? null : (int) earlier.get(0).priority());
    }
}
