package dev.weir.policy;

import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A policy of any dialect in the one compiled form.
 *
 * @param ref kind, namespace and name, without a rule
 * @param priority within the tier, the lowest first, over all dialects: those of network-policy-api are from 0 to 1,000;
 *     0 for a dialect without priorities
 * @param subject the pods that the policy selects
 * @param directions the directions that it is about
 * @param isolated those of them in which traffic that no rule of the tier matches is denied
 * @param rules by direction, in the order of the manifest
 */
public record Policy(
        PolicyRef ref,
        Tier tier,
        int priority,
        Subject subject,
        Set<Direction> directions,
        Set<Direction> isolated,
        Map<Direction, List<Rule>> rules) {

    /** Selects the pods of a policy. */
    public interface Subject {
        boolean selects(Identity pod);
    }

    public List<Rule> rules(Direction direction) {
        return rules.getOrDefault(direction, List.of());
    }

    /** The reference with a direction in the place of a rule, for a denial because no rule allowed. */
    public PolicyRef ref(Direction direction) {
        return new PolicyRef(ref.kind(), ref.namespace(), ref.name(), direction.id());
    }

    boolean selects(Identity pod, Direction direction) {
        return directions.contains(direction) && subject.selects(pod);
    }
}
