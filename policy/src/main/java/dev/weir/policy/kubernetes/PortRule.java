package dev.weir.policy.kubernetes;

import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a rule's {@code ports}.
 *
 * @param name a named port, resolved on the destination pod; null for numbers
 * @param first lowest port; null for every port of the protocol
 */
record PortRule(
        String protocol, @Nullable String name, @Nullable Integer first, int last) {
    private static final Set<String> PROTOCOLS = Set.of("TCP", "UDP", "SCTP");

    enum Result {
        YES,
        NO,
        /** The record does not tell its destination port. */
        UNKNOWN
    }

    static PortRule parse(Fields entry) {
        entry.allowOnly("protocol", "port", "endPort");
        Fields protocolField = entry.child("protocol");
        String protocol = protocolField.absent() ? "TCP" : protocolField.text();
        if (!PROTOCOLS.contains(protocol)) {
            throw protocolField.invalid("'" + protocol + "' is not TCP, UDP or SCTP");
        }
        Fields port = entry.child("port");
        Fields endPort = entry.child("endPort");
        if (port.absent()) {
            if (!endPort.absent()) {
                throw endPort.invalid("needs a port");
            }
            return new PortRule(protocol, null, null, 0);
        }
        if (port.node().isTextual()) {
            if (!endPort.absent()) {
                throw endPort.invalid("cannot go with the named port '" + port.text() + "'");
            }
            return new PortRule(protocol, portName(port), null, 0);
        }
        int first = portNumber(port);
        int last = endPort.absent() ? first : portNumber(endPort);
        if (last < first) {
            throw endPort.invalid(last + " is below port " + first);
        }
        return new PortRule(protocol, null, first, last);
    }

    Result matches(Traffic traffic) {
        if (!protocol.equals(traffic.protocol())) {
            return Result.NO;
        }
        if (name == null && first == null) {
            return Result.YES;
        }
        Integer port = traffic.port();
        if (port == null) {
            return Result.UNKNOWN;
        }
        if (name != null) {
            return namedPortIs(traffic.destination().pod(), port) ? Result.YES : Result.NO;
        }
        return first != null && first <= port && port <= last ? Result.YES : Result.NO;
    }

    String display() {
        if (name != null) {
            return protocol + "/" + name;
        }
        if (first == null) {
            return protocol;
        }
        return protocol + "/" + first + (last == first ? "" : "-" + last);
    }

    private boolean namedPortIs(Peer.@Nullable Pod pod, int port) {
        if (pod == null) {
            return false;
        }
        for (NamedPort named : pod.ports()) {
            if (named.name().equals(name) && named.protocol().equals(protocol) && named.port() == port) {
                return true;
            }
        }
        return false;
    }

    private static int portNumber(Fields field) {
        int port = field.number();
        if (port < 1 || port > 65535) {
            throw field.invalid(port + " is outside 1..65535");
        }
        return port;
    }

    private static String portName(Fields field) {
        String name = field.text();
        boolean valid =
                name.matches("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?") && name.matches(".*[a-z].*") && !name.contains("--");
        if (!valid) {
            throw field.invalid("'" + name + "' is not a port name: at most 15 of a-z, 0-9 and -, with a letter");
        }
        return name;
    }
}
