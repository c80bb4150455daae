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
 * @param priority within the tier, the lowest first: those of network-policy-api are from 0 to 1,000, those of Calico
 *     any, infinity where a policy gives none; 0 for a dialect without priorities
 * @param subject the pods that the policy selects
 * @param directions the directions that it is about
 * @param isolated those of them in which traffic that no rule of the tier matches is denied
 * @param rules by direction, in the order of the manifest
 * @param requirements further conditions on the peers of rules, which bind all policies of the tier that select the pod
 */
public record Policy(
        PolicyRef ref,
        Tier tier,
        double priority,
        Subject subject,
        Set<Direction> directions,
        Set<Direction> isolated,
        Map<Direction, List<Rule>> rules,
        List<Requirement> requirements) {

    /** A condition on the peers of rules with an action, in a direction. */
    public record Requirement(Direction direction, Action action, PeerClause peers) {}

    /** Creates a policy without requirements. */
    public Policy(
            PolicyRef ref,
            Tier tier,
            double priority,
            Subject subject,
            Set<Direction> directions,
            Set<Direction> isolated,
            Map<Direction, List<Rule>> rules) {
        this(ref, tier, priority, subject, directions, isolated, rules, List.of());
    }

    /** Selects the pods of a policy, and the nodes if it is about any. */
    public interface Subject {
        boolean selects(Identity pod);

        /** True if the policy is about an end that is a pod; by default its identity decides. */
        default boolean selects(Peer.Pod pod) {
            return selects(pod.identity());
        }

        /** True if a policy of a mesh is about pods of its own namespace alone. */
        default boolean isConfined() {
            return false;
        }

        /** Tests whether the policy is about a pod; unknown where properties that are not known decide. */
        default Holds selection(Peer.Pod pod) {
            return Holds.of(selects(pod));
        }

        /** True if the policy is about that traffic of an end that it selects. */
        default boolean isAbout(Traffic traffic) {
            return true;
        }

        /** Adds the destination ports at which it may change whether the policy is about the traffic. */
        default void addBoundaries(Traffic traffic, Set<Integer> boundaries) {}

        /**
         * The traffic with one property that is not known, other than the port, given each of its values. Empty where
         * all that the policy asks for is known, or has too many values.
         */
        default List<Traffic> completions(Traffic traffic) {
            return List.of();
        }

        /** True if it is all pods or all but some, as that of a default deny is. */
        default boolean isWide() {
            return false;
        }

        /** True if the policy is about traffic of a node itself. */
        default boolean selectsNode(Peer.Node node) {
            return false;
        }
    }

    public List<Rule> rules(Direction direction) {
        return rules.getOrDefault(direction, List.of());
    }

    /** The reference with a direction in the place of a rule, for a denial because no rule allowed. */
    public PolicyRef ref(Direction direction) {
        return new PolicyRef(ref.kind(), ref.namespace(), ref.name(), direction.id());
    }

    Holds selection(Peer end, Direction direction) {
        if (!directions.contains(direction)) {
            return Holds.NO;
        }
        Peer.Pod pod = end.selectable();
        Peer.Node node = end.node();
        return pod != null ? subject.selection(pod) : Holds.of(node != null && subject.selectsNode(node));
    }
}
