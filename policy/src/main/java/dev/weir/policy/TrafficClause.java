package dev.weir.policy;

import java.util.List;
import java.util.Set;

/** A condition of a rule beside the other end and the destination port, which must hold as well. */
public interface TrafficClause {
    Holds holds(Traffic traffic);

    /**
     * The reason for which the condition fails or cannot be decided.
     *
     * @param answer that of {@link #holds}, not {@link Holds#YES}
     */
    String reason(Traffic traffic, Holds answer);

    /** Adds the destination ports at which the answer may change. */
    default void addBoundaries(Traffic traffic, Set<Integer> boundaries) {}

    /** The tests of addresses and names that the condition makes of either end. */
    default List<PeerClause.AddressTest> addressTests() {
        return List.of();
    }
}
