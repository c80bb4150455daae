package dev.weir.policy;

import java.util.List;

/**
 * The result of matching a rule with traffic.
 *
 * @param failures the clauses that do not hold, each as a phrase such as {@code pod label app is 'web', not 'api'}
 * @param unknown the clauses that cannot be decided, with the missing property
 */
public record Match(Rule rule, List<String> failures, List<String> unknown) {
    public boolean matched() {
        return failures.isEmpty() && unknown.isEmpty();
    }

    /** True if no clause fails, but one cannot be decided. */
    public boolean undecided() {
        return failures.isEmpty() && !unknown.isEmpty();
    }

    /** The distance from matching: a failed clause counts twice as much as an undecided one. */
    public int distance() {
        return 2 * failures.size() + unknown.size();
    }
}
