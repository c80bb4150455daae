package dev.weir.policy.replay;

import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Rule;
import dev.weir.policy.Tier;
import dev.weir.policy.clause.LabelOperator;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.LabelSelector.Requirement;
import dev.weir.policy.clause.PodClause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The labels that a pod with unknown labels may have, as far as NetworkPolicies test them: none at all, those that any
 * selector asks for, and those of any two selectors. If all of them lead to the same decision, so does the pod.
 */
final class PossibleLabels {
    private static final int MAX = 64;

    private PossibleLabels() {}

    /** The candidates; empty when there are too many, or when selectors exclude labels, or policies deny by labels. */
    static List<Map<String, String>> of(Collection<PolicySet> sets) {
        Set<LabelSelector> selectors = new LinkedHashSet<>();
        for (PolicySet set : sets) {
            for (Policy policy : set.policies()) {
                if (!policy.tier().equals(Tier.NAMESPACE) || !(policy.subject() instanceof PodClause subject)) {
                    return List.of();
                }
                add(subject, selectors);
                for (List<Rule> rules : policy.rules().values()) {
                    for (Rule rule : rules) {
                        for (PeerClause peer : rule.peers()) {
                            if (peer instanceof PodClause pods) {
                                add(pods, selectors);
                            }
                        }
                    }
                }
            }
        }
        Set<Map<String, String>> single = new LinkedHashSet<>();
        for (LabelSelector selector : selectors) {
            if (selector.requirements().stream().anyMatch(PossibleLabels::excludes)) {
                return List.of();
            }
            single.add(sample(selector));
            if (single.size() > MAX) {
                return List.of();
            }
        }
        Set<Map<String, String>> all = new LinkedHashSet<>();
        all.add(Map.of());
        for (Map<String, String> one : single) {
            for (Map<String, String> other : single) {
                Map<String, String> both = new HashMap<>(one);
                both.putAll(other);
                all.add(both);
            }
        }
        return all.size() > MAX ? List.of() : new ArrayList<>(all);
    }

    private static void add(PodClause clause, Set<LabelSelector> selectors) {
        LabelSelector pods = clause.pods();
        if (pods != null && !pods.requirements().isEmpty()) {
            selectors.add(pods);
        }
    }

    private static boolean excludes(Requirement requirement) {
        return requirement.operator() == LabelOperator.NOT_IN || requirement.operator() == LabelOperator.DOES_NOT_EXIST;
    }

    private static Map<String, String> sample(LabelSelector selector) {
        Map<String, String> labels = new HashMap<>();
        for (Requirement requirement : selector.requirements()) {
            labels.put(
                    requirement.key(),
                    requirement.values().isEmpty() ? "" : requirement.values().get(0));
        }
        return labels;
    }
}
