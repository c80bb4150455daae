package dev.weir.policy;

import java.util.List;

/**
 * How a rule met the traffic.
 *
 * @param failures the clauses that do not hold, each as a phrase such as {@code port 80 is not 5432}; empty for a match
 * @param unknown the clauses that the record does not hold enough to decide
 */
public record Match(String rule, List<String> failures, List<String> unknown) {
    public boolean matched() {
        return failures.isEmpty() && unknown.isEmpty();
    }

    /** Nothing speaks against it, but something needed is not in the record. */
    public boolean undecided() {
        return failures.isEmpty() && !unknown.isEmpty();
    }
}
