package dev.weir.policy.dialect.calico;

import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tests whether an address is one of a Service's endpoints.
 *
 * @param service {@code namespace/name}
 * @param addresses null if the endpoints are not known
 */
record InService(String service, @Nullable Set<String> addresses) implements PeerClause.AddressTest {
    @Override
    public Holds test(Peer peer) {
        String ip = peer.ip();
        if (addresses == null || ip == null) {
            return addresses != null && addresses.isEmpty() ? Holds.NO : Holds.UNKNOWN;
        }
        return Holds.of(addresses.contains(ip));
    }

    String reason(Peer peer, Holds answer) {
        return answer == Holds.NO
                ? peer.display() + " is no endpoint of the Service " + service
                : "it is not known whether " + peer.display() + " is an endpoint of the Service " + service;
    }
}
