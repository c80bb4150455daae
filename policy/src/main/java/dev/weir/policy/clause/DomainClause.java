package dev.weir.policy.clause;

import dev.weir.common.Text;
import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import java.util.List;

/**
 * A clause for addresses by the name from which they were resolved. An address without a name is not known to be
 * anything else.
 *
 * @param pattern a name, or {@code *.} and a name for all names below it
 */
public record DomainClause(String pattern) implements PeerClause, PeerClause.AddressTest {

    @Override
    public Holds holds(Peer peer) {
        if (peer.pod() != null || peer.node() != null) {
            return Holds.NO;
        }
        if (peer.names().isEmpty()) {
            return Holds.UNKNOWN;
        }
        return Holds.of(peer.names().stream().anyMatch(this::covers));
    }

    @Override
    public Holds test(Peer peer) {
        return holds(peer);
    }

    @Override
    public List<String> reasons(Peer peer) {
        return switch (holds(peer)) {
            case YES -> List.of();
            case UNKNOWN ->
                List.of("no domain name is known for " + peer.ip() + ", so it may or may not be " + pattern);
            case NO ->
                List.of(peer.display() + (peer.names().isEmpty() ? " is in the cluster" : "") + " is not " + pattern);
        };
    }

    @Override
    public List<AddressTest> addressTests() {
        return List.of(this);
    }

    private boolean covers(String name) {
        String plain = Text.domain(name);
        return pattern.startsWith("*.")
                ? plain.endsWith(pattern.substring(1)) && plain.length() > pattern.length() - 1
                : plain.equals(pattern);
    }
}
