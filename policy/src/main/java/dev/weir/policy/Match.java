package dev.weir.policy;

import java.util.List;

/**
 * How a rule met the traffic.
 *
 * @param failures the clauses that do not hold, each as a phrase such as {@code pod label app is 'web', not 'api'}
 * @param unknown the clauses that cannot be told, with what is missing
 */
public record Match(Rule rule, List<String> failures, List<String> unknown) {
    public boolean matched() {
        return failures.isEmpty() && unknown.isEmpty();
    }

    /** Nothing speaks against it, but something needed is not known. */
    public boolean undecided() {
        return failures.isEmpty() && !unknown.isEmpty();
    }

    /** How far from matching: a clause that fails counts twice what one that cannot be told does. */
    public int distance() {
        return 2 * failures.size() + unknown.size();
    }
}
