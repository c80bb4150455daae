package dev.weir.policy.dialect.cilium;

import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import java.util.List;

/**
 * A clause for peers that no record decides: groups of a cloud's instances, and nodes by labels, which stand in
 * Cilium's own state.
 *
 * @param sort {@code Groups} or {@code Nodes}
 */
record UnreadPeers(String sort) implements PeerClause {
    @Override
    public Holds holds(Peer peer) {
        boolean isPod = peer.selectable() != null;
        return !isPod && sort.equals("Nodes") == peer.isHost() ? Holds.UNKNOWN : Holds.NO;
    }

    @Override
    public List<String> reasons(Peer peer) {
        return holds(peer) == Holds.NO
                ? List.of(peer.display() + " is not among peers of the sort " + sort)
                : List.of("peers of the sort " + sort + " are not in the record");
    }
}
