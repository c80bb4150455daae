package dev.weir.policy.dialect.cilium;

import dev.weir.common.Text;
import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A clause for addresses outside by the name from which they were resolved. An address without a name may have any.
 *
 * @param shown the name or pattern as the policy has it
 * @param pattern the names that match
 */
record FqdnClause(String shown, Pattern pattern) implements PeerClause, PeerClause.AddressTest {
    private static final String CHARACTERS = "[-a-z0-9_]*";

    static FqdnClause ofName(String name) {
        return new FqdnClause(name, Pattern.compile(Pattern.quote(Text.domain(name))));
    }

    /** Creates a clause for a pattern, in which {@code *} stands for characters of one part of a name. */
    static FqdnClause ofPattern(String pattern) {
        return new FqdnClause(pattern, regex(pattern));
    }

    /** The names that match a pattern; {@code *} alone matches all. */
    static Pattern regex(String pattern) {
        if (pattern.equals("*")) {
            return Pattern.compile(".*");
        }
        StringBuilder regex = new StringBuilder();
        for (String part : Text.domain(pattern.toLowerCase(Locale.ROOT)).split("\\*", -1)) {
            regex.append(regex.length() == 0 ? "" : CHARACTERS).append(Pattern.quote(part));
        }
        return Pattern.compile(regex.toString());
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
                .anyMatch(name -> pattern.matcher(Text.domain(name)).matches()));
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

    @Override
    public Holds test(Peer peer) {
        return holds(peer);
    }

    /** Patterns are equal by their text. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FqdnClause that && shown.equals(that.shown);
    }

    @Override
    public int hashCode() {
        return shown.hashCode();
    }
}
