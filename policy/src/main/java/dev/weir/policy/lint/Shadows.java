package dev.weir.policy.lint;

import dev.weir.model.Direction;
import dev.weir.policy.Action;
import dev.weir.policy.Policy;
import dev.weir.policy.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds policies and rules whose removal would change no decision. */
final class Shadows {
    private static final Comparator<Policy> ORDER =
            Comparator.comparing(Policy::tier).thenComparingDouble(Policy::priority);

    private final List<Policy> policies;
    private final Map<String, List<Policy>> byNamespace = new HashMap<>();
    private final Linter.Report report;

    Shadows(List<Policy> policies, Linter.Report report) {
        this.policies =
                policies.stream().filter(policy -> policy.tier().isOrdered()).toList();
        policies.stream().filter(policy -> !policy.tier().isOrdered()).forEach(policy -> byNamespace
                .computeIfAbsent(String.valueOf(policy.ref().namespace()), name -> new ArrayList<>())
                .add(policy));
        this.report = report;
    }

    void look(Policy policy) {
        if (policy.tier().isOrdered()) {
            ordered(policy);
        } else if (policy.requirements().isEmpty()) {
            ofNamespace(policy);
        }
    }

    private void ofNamespace(Policy policy) {
        // A policy without rules is a default deny: it stays needed even if other policies isolate the same pods today.
        boolean closes = policy.directions().stream()
                .allMatch(direction -> policy.rules(direction).isEmpty());
        for (Policy other : closes ? List.<Policy>of() : ofItsNamespace(policy)) {
            boolean first = !covered(other, policy)
                    || other.ref().name().compareTo(policy.ref().name()) < 0;
            if (other != policy && covered(policy, other) && first) {
                report.add(
                        Lint.SHADOWED,
                        policy,
                        "metadata.name",
                        "changes nothing: " + other.ref().display()
                                + " selects the same pods and allows all that it does");
                return;
            }
        }
        for (Direction direction : policy.directions()) {
            List<Rule> rules = policy.rules(direction);
            for (int i = 0; i < rules.size(); i++) {
                withinPolicy(policy, rules, i);
            }
        }
    }

    private List<Policy> ofItsNamespace(Policy policy) {
        return byNamespace.getOrDefault(String.valueOf(policy.ref().namespace()), List.of());
    }

    private void withinPolicy(Policy policy, List<Rule> rules, int index) {
        Rule rule = rules.get(index);
        for (int i = 0; i < rules.size(); i++) {
            boolean twin = isCovered(rules.get(i), rule);
            if (i != index && isCovered(rule, rules.get(i)) && (!twin || i < index)) {
                report.add(
                        Lint.SHADOWED,
                        policy,
                        "spec." + rule.id(),
                        (rule.action() == Action.ALLOW ? "allows" : "denies") + " nothing that "
                                + rules.get(i).id() + " does not " + (rule.action() == Action.ALLOW ? "allow" : "deny")
                                + " already");
                return;
            }
        }
    }

    private static boolean covered(Policy narrow, Policy wide) {
        return narrow.tier().equals(wide.tier())
                && wide.directions().containsAll(narrow.directions())
                && Coverage.covers(wide.subject(), narrow.subject())
                && narrow.directions().stream().allMatch(direction -> narrow.rules(direction).stream()
                        .allMatch(rule -> wide.rules(direction).stream().anyMatch(other -> isCovered(rule, other))));
    }

    private static boolean isCovered(Rule narrow, Rule wide) {
        return wide.action() == narrow.action() && Coverage.covers(wide, narrow);
    }

    /** Checks an ordered tier: a rule is never reached when an earlier one matches all its traffic. */
    private void ordered(Policy policy) {
        for (Direction direction : policy.directions()) {
            List<Rule> rules = policy.rules(direction);
            for (int i = 0; i < rules.size(); i++) {
                Rule rule = rules.get(i);
                Rule earlier = earlier(policy, direction, i, rule);
                if (earlier != null) {
                    String word = rule.action() == Action.ALLOW
                            ? "allows"
                            : rule.action() == Action.DENY ? "denies" : "passes";
                    report.add(
                            Lint.SHADOWED,
                            policy,
                            "spec." + rule.id(),
                            word + " nothing: " + earlier.ref().display() + " matches all of it first");
                }
            }
        }
    }

    private @Nullable Rule earlier(Policy policy, Direction direction, int index, Rule rule) {
        for (Rule before : policy.rules(direction).subList(0, index)) {
            if (Coverage.covers(before, rule)) {
                return before;
            }
        }
        for (Policy other : policies) {
            if (ORDER.compare(other, policy) < 0
                    && other.tier().equals(policy.tier())
                    && Coverage.covers(other.subject(), policy.subject())) {
                for (Rule before : other.rules(direction)) {
                    if (Coverage.covers(before, rule)) {
                        return before;
                    }
                }
            }
        }
        return null;
    }
}
