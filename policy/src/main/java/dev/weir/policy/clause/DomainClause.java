package dev.weir.policy.clause;

import dev.weir.common.Text;
import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A clause for addresses by the name from which they were resolved. An address without a name may have any.
 *
 * @param shown the name or pattern as the policy has it
 * @param regex a regular expression for the names that match, in lower case and without the last dot
 */
public record DomainClause(String shown, Pattern regex) implements PeerClause, PeerClause.AddressTest {

    /** Creates a clause for one name. */
    public static DomainClause ofName(String name) {
        return new DomainClause(name, Pattern.compile(Pattern.quote(Text.domain(name))));
    }

    @Override
    public Holds holds(Peer peer) {
        if (peer.pod() != null || peer.node() != null) {
            return Holds.NO;
        }
        if (peer.names().isEmpty()) {
            return Holds.UNKNOWN;
        }
        return Holds.of(peer.names().stream()
                .anyMatch(name -> regex.matcher(Text.domain(name)).matches()));
    }

    @Override
    public Holds test(Peer peer) {
        return holds(peer);
    }

    @Override
    public List<String> reasons(Peer peer) {
        return switch (holds(peer)) {
            case YES -> List.of();
            case UNKNOWN -> List.of("no domain name is known for " + peer.ip() + ", so it may or may not be " + shown);
            case NO ->
                List.of(peer.display() + (peer.names().isEmpty() ? " is in the cluster" : "") + " is not " + shown);
        };
    }

    @Override
    public List<AddressTest> addressTests() {
        return List.of(this);
    }

    /** Patterns are equal by their text. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DomainClause that && regex.pattern().equals(that.regex.pattern());
    }

    @Override
    public int hashCode() {
        return regex.pattern().hashCode();
    }
}
