package dev.weir.policy.clause;

import dev.weir.policy.Holds;
import dev.weir.policy.Traffic;
import dev.weir.policy.TrafficClause;

/**
 * A condition on a property that no record holds.
 *
 * @param why the reason for which it cannot be decided
 */
public record NeverKnown(String why) implements TrafficClause {
    @Override
    public Holds holds(Traffic traffic) {
        return Holds.UNKNOWN;
    }

    @Override
    public String reason(Traffic traffic, Holds answer) {
        return why;
    }
}
