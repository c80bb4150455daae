package dev.weir.policy;

import java.util.List;

/** One entry of a rule's {@code from} or {@code to}. */
public interface PeerClause {

    Holds holds(Peer peer);

    /**
     * Tests the other end of traffic. Clauses that ask whether a node is the pod's own need the traffic; others do not.
     */
    default Holds holds(Traffic traffic, Peer other) {
        return holds(other);
    }

    /** True if the requirements of a policy on its peers' labels bind the clause as well. */
    default boolean isBoundByRequirements() {
        return false;
    }

    /**
     * The reasons for which the clause fails or cannot be decided: phrases such as {@code pod label app is 'web', not
     * 'api'}. Empty when it holds.
     */
    List<String> reasons(Peer peer);

    /** The tests of addresses and names that the clause makes; it treats peers alike that pass the same ones. */
    default List<AddressTest> addressTests() {
        return List.of();
    }

    /**
     * A test of an address or of its names, compared by value, so that equal tests of several policies are made once.
     */
    interface AddressTest {
        Holds test(Peer peer);
    }
}
