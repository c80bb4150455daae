package dev.weir.policy.random;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection, with all of its properties or with those alone that a flow record holds.
 *
 * @param protocol a name in capitals, or a number
 * @param port of the destination; null when it is not known, or the protocol has none
 * @param details properties that records seldom or never hold, by name: {@code sourcePort}, {@code icmpType}, {@code
 *     method} …
 */
record PlainPacket(
        PlainEnd source,
        PlainEnd destination,
        String protocol,
        @Nullable Integer port,
        Map<String, String> details) {

    boolean hasPorts() {
        return protocol.equals("TCP") || protocol.equals("UDP") || protocol.equals("SCTP");
    }

    boolean isIcmp() {
        return protocol.equals("ICMP") || protocol.equals("ICMPV6");
    }

    /** A property that is not always known; empty when it is not. */
    String detail(String name) {
        return details.getOrDefault(name, "");
    }

    int number(String name) {
        return Integer.parseInt(details.getOrDefault(name, "-1"));
    }

    String display() {
        return protocol + "/" + port + " from " + source.display() + " to " + destination.display()
                + (details.isEmpty() ? "" : " " + details);
    }
}
