package dev.weir.policy.clause;

import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import java.util.List;

/**
 * A clause for the addresses of a block that belong to no pod.
 *
 * @param reachesNodes true if they may belong to a node
 */
public record OutsideBlock(BlockClause block, boolean reachesNodes) implements PeerClause, PeerClause.AddressTest {
    @Override
    public Holds holds(Peer peer) {
        return isLeftOut(peer) ? Holds.NO : block.holds(peer);
    }

    private boolean isLeftOut(Peer peer) {
        boolean isInside = peer.pod() != null || peer.node() != null;
        return isInside && !(reachesNodes && peer.selectable() == null);
    }

    @Override
    public Holds test(Peer peer) {
        return holds(peer);
    }

    @Override
    public List<String> reasons(Peer peer) {
        if (isLeftOut(peer)) {
            return List.of(peer.display() + " is in the cluster, where blocks of addresses do not count");
        }
        return block.reasons(peer);
    }

    @Override
    public List<AddressTest> addressTests() {
        return List.of(this);
    }
}
