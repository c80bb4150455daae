package dev.weir.policy.map;

import dev.weir.policy.Peer;
import java.util.List;

/**
 * Workloads that no rule distinguishes, or addresses outside the cluster that no rule distinguishes.
 *
 * @param members {@code shop/web (Deployment)}, sorted; or the one name of a set of addresses
 * @param peer one that stands for all
 * @param family of the addresses; a workload with addresses of both is a member of two groups where it matters
 */
public record Group(List<String> members, Peer peer, boolean outside, Family family) {
    private static final int SHOWN = 3;

    /** IP address families; no traffic passes between them. */
    public enum Family {
        ANY,
        V4,
        V6;

        static Family of(Peer peer) {
            byte[] address = peer.address();
            return address == null ? ANY : address.length == 4 ? V4 : V6;
        }

        boolean meets(Family other) {
            return this == ANY || other == ANY || this == other;
        }
    }

    /** The member, or the first few and the number of all. */
    public String display() {
        if (members.size() == 1) {
            return members.get(0);
        }
        String first = String.join(", ", members.subList(0, Math.min(SHOWN, members.size())));
        return members.size() <= SHOWN ? first : first + " and " + (members.size() - SHOWN) + " more";
    }
}
