package dev.weir.policy;

import dev.weir.model.context.ClusterObject.NamedPort;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a rule's {@code ports} or {@code protocols}.
 *
 * @param protocol null for a named port of any protocol
 * @param name a named port, resolved on the destination; null for numbers
 * @param first lowest port, or the type of an ICMP message; 0 for every port of the protocol
 * @param last highest port, or the same type
 * @param names the names that destinations have
 */
public record PortClause(
        @Nullable String protocol, @Nullable String name, int first, int last, PortNames names) {
    /** The protocols that rules can name. */
    public static final Set<String> PROTOCOLS = Set.of("TCP", "UDP", "SCTP");

    private static final int MAX_PORT = 65_535;

    private PortClause(@Nullable String protocol, @Nullable String name, int first, int last) {
        this(protocol, name, first, last, PortNames.OF_PODS);
    }

    /** Creates a clause for every port of the protocol, and for traffic of that protocol whose port is not known. */
    public static PortClause all(String protocol) {
        return new PortClause(protocol, null, 0, MAX_PORT);
    }

    public static PortClause range(String protocol, int first, int last) {
        return new PortClause(protocol, null, first, last);
    }

    /** Creates a clause for a name among the container ports of the destination. */
    public static PortClause named(@Nullable String protocol, String name) {
        return named(protocol, name, PortNames.OF_PODS);
    }

    /** Creates a clause for a name among those that destinations have. */
    public static PortClause named(@Nullable String protocol, String name, PortNames names) {
        return new PortClause(protocol, name, 0, 0, names);
    }

    public Holds holds(Traffic traffic) {
        if (protocol != null && !protocol.equals(traffic.protocol())) {
            return Holds.NO;
        }
        if (isAll()) {
            return Holds.YES;
        }
        if (last < first) {
            return Holds.NO;
        }
        if (!PROTOCOLS.contains(traffic.protocol())) {
            // A record does not hold the type of an ICMP message.
            return name == null ? Holds.UNKNOWN : Holds.NO;
        }
        Integer port = traffic.port();
        boolean possible = name == null
                ? port == null || (first <= port && port <= last)
                : isNamed(traffic.destination(), traffic.protocol(), port);
        return possible && port == null ? Holds.UNKNOWN : Holds.of(possible);
    }

    /** Creates a clause for the messages of one type of ICMP or ICMPV6. */
    public static PortClause icmp(String protocol, int type) {
        return new PortClause(protocol, null, type, type);
    }

    /** Creates a clause for a name that means no port. */
    public static PortClause none(String protocol, String name) {
        return new PortClause(protocol, name, 0, -1);
    }

    private boolean isAll() {
        return name == null && first == 0 && last == MAX_PORT;
    }

    /** True if the clause means a single number, directly or by a name. */
    public boolean single() {
        return name != null || first == last;
    }

    /**
     * The clause for people: {@code TCP/5432}, {@code TCP/web}, {@code UDP/5000-6000}, {@code SCTP}, {@code port web}.
     */
    public String display() {
        String before = protocol == null ? "port " : protocol + "/";
        if (name != null) {
            return before + name;
        }
        if (isAll()) {
            return String.valueOf(protocol);
        }
        if (protocol != null && !PROTOCOLS.contains(protocol)) {
            return protocol + " type " + first;
        }
        return before + first + (last == first ? "" : "-" + last);
    }

    /**
     * The clause with the number that a name has on the destination, {@code TCP/web (8080)}, or a remark that a pod or
     * node does not have it.
     */
    public String display(Peer destination) {
        if (name == null || destination.pod() == null && destination.node() == null) {
            return display();
        }
        for (NamedPort port : names.of(destination)) {
            if (port.name().equals(name) && (protocol == null || protocol.equals(port.protocol()))) {
                return display() + " (" + port.port() + ")";
            }
        }
        return display() + " (which " + destination.display() + " does not name)";
    }

    /** Adds the ports at which the answer may change, for a protocol and a destination. */
    public void addBoundaries(Peer destination, String ofProtocol, Set<Integer> boundaries) {
        if (protocol != null && !protocol.equals(ofProtocol)) {
            return;
        }
        if (name == null) {
            add(first, last, boundaries);
        } else if (last >= first) {
            for (NamedPort port : names.of(destination)) {
                if (port.name().equals(name) && port.protocol().equals(ofProtocol)) {
                    add(port.port(), port.port(), boundaries);
                }
            }
        }
    }

    private static void add(int from, int to, Set<Integer> boundaries) {
        if (from > 1) {
            boundaries.add(from);
        }
        if (to < MAX_PORT) {
            boundaries.add(to + 1);
        }
    }

    /**
     * True if the destination has the name for that port.
     *
     * @param port null for any
     */
    private boolean isNamed(Peer destination, String ofProtocol, @Nullable Integer port) {
        for (NamedPort named : names.of(destination)) {
            if ((port == null || named.port() == port)
                    && named.protocol().equals(ofProtocol)
                    && named.name().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
