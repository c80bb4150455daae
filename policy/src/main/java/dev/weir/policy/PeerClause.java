package dev.weir.policy;

import java.util.List;

/** One entry of a rule's {@code from} or {@code to}. */
public interface PeerClause {

    Holds holds(Peer peer);

    /**
     * Why it does not hold, or cannot be told: phrases such as {@code pod label app is 'web', not 'api'}. Empty when it
     * holds.
     */
    List<String> reasons(Peer peer);

    /** The tests of addresses and names that it makes; peers that pass the same ones are alike to it. */
    default List<AddressTest> addressTests() {
        return List.of();
    }

    /** What is asked of an address or of its names, by value, so that equal tests of several policies are made once. */
    interface AddressTest {
        Holds test(Peer peer);
    }
}
