package dev.weir.policy.clause;

import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import java.util.List;

/** A clause for the addresses of a block, also those of pods and nodes. */
public record BlockClause(AddressBlock block, List<AddressBlock> except) implements PeerClause, PeerClause.AddressTest {

    @Override
    public Holds holds(Peer peer) {
        byte[] address = peer.address();
        if (address == null) {
            return block.isAll() && except.isEmpty() ? Holds.YES : Holds.UNKNOWN;
        }
        if (!block.contains(address)) {
            return Holds.NO;
        }
        for (AddressBlock out : except) {
            if (out.contains(address)) {
                return Holds.NO;
            }
        }
        return Holds.YES;
    }

    @Override
    public Holds test(Peer peer) {
        return holds(peer);
    }

    @Override
    public List<String> reasons(Peer peer) {
        byte[] address = peer.address();
        String who = String.valueOf(peer.ip()) + (peer.pod() == null ? "" : " of " + peer.display());
        return switch (holds(peer)) {
            case YES -> List.of();
            case UNKNOWN ->
                List.of("the address of " + peer.display() + " is not known, so it is unknown whether it is in "
                        + block);
            case NO ->
                List.of(
                        address != null && block.contains(address)
                                ? who + " is in an exception of " + block
                                : who + " is not in " + block);
        };
    }

    @Override
    public List<AddressTest> addressTests() {
        return List.of(this);
    }
}
