package dev.weir.policy.clause;

import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import java.util.List;

/**
 * A peer of a sort that this engine does not know, in a rule that fails closed.
 *
 * @param field name of the field
 * @param path of the field in the policy
 * @param holds NO in a rule that accepts, YES in one that denies or passes
 */
public record UnknownPeers(String field, String path, Holds holds) implements PeerClause {

    @Override
    public Holds holds(Peer peer) {
        return holds;
    }

    @Override
    public List<String> reasons(Peer peer) {
        return holds == Holds.YES ? List.of() : List.of("peers by '" + field + "' are not known here");
    }
}
