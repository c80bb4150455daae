package dev.weir.policy;

import dev.weir.model.L7;
import org.jspecify.annotations.Nullable;

/** A condition of a rule on the application layer. */
public interface RequestClause extends TrafficClause {
    /**
     * Tests a request.
     *
     * @param l7 the known part of the application layer; null if the record holds none
     */
    Holds holds(@Nullable L7 l7);

    /** The reason for which the condition fails or cannot be decided. */
    String reason(Holds answer);

    @Override
    default Holds holds(Traffic traffic) {
        return holds(traffic.l7());
    }

    @Override
    default String reason(Traffic traffic, Holds answer) {
        return reason(answer);
    }

    /** True if the condition holds for other rules, too, that allow the same connection without it. */
    default boolean isBindingOthers() {
        return false;
    }
}
