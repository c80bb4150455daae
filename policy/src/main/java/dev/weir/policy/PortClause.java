package dev.weir.policy;

import dev.weir.model.context.ClusterObject.NamedPort;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a rule's {@code ports} or {@code protocols}.
 *
 * @param protocol null for a named port of whatever protocol the pod gives it
 * @param name a named port, resolved on the destination pod; null for numbers
 * @param first lowest port, or 0 when every port of the protocol is meant
 * @param last highest port
 */
public record PortClause(
        @Nullable String protocol, @Nullable String name, int first, int last) {
    /** The protocols that rules can name. */
    public static final Set<String> PROTOCOLS = Set.of("TCP", "UDP", "SCTP");

    private static final int MAX_PORT = 65_535;

    /** Every port of the protocol, and traffic of that protocol whose port nobody tells. */
    public static PortClause all(String protocol) {
        return new PortClause(protocol, null, 0, MAX_PORT);
    }

    public static PortClause range(String protocol, int first, int last) {
        return new PortClause(protocol, null, first, last);
    }

    public static PortClause named(@Nullable String protocol, String name) {
        return new PortClause(protocol, name, 0, 0);
    }

    public Holds holds(Traffic traffic) {
        if (protocol != null && !protocol.equals(traffic.protocol())) {
            return Holds.NO;
        }
        if (name == null && first == 0) {
            return Holds.YES;
        }
        if (name != null && !PROTOCOLS.contains(traffic.protocol())) {
            return Holds.NO;
        }
        Integer port = traffic.port();
        boolean possible = name == null
                ? port == null || (first <= port && port <= last)
                : isNamed(traffic.destination().pod(), traffic.protocol(), port);
        return possible && port == null ? Holds.UNKNOWN : Holds.of(possible);
    }

    /** Whether it means no more than one number, here or wherever the name leads. */
    public boolean single() {
        return name != null || first == last;
    }

    /** {@code TCP/5432}, {@code TCP/web}, {@code UDP/5000-6000}, {@code SCTP}, {@code port web}. */
    public String display() {
        String before = protocol == null ? "port " : protocol + "/";
        if (name != null) {
            return before + name;
        }
        if (first == 0) {
            return String.valueOf(protocol);
        }
        return before + first + (last == first ? "" : "-" + last);
    }

    /** The same with the number that a name has on that pod, {@code TCP/web (8080)}, or that it has none there. */
    public String display(Peer destination) {
        Peer.Pod pod = destination.pod();
        if (name == null || pod == null) {
            return display();
        }
        for (NamedPort port : pod.identity().ports()) {
            if (port.name().equals(name) && (protocol == null || protocol.equals(port.protocol()))) {
                return display() + " (" + port.port() + ")";
            }
        }
        return display() + " (which " + pod.display() + " does not name)";
    }

    /** The ports at which its answer may change, for a protocol and a destination. */
    public void addBoundaries(Peer.@Nullable Pod destination, String ofProtocol, Set<Integer> boundaries) {
        if (protocol != null && !protocol.equals(ofProtocol)) {
            return;
        }
        if (name == null) {
            add(first, last, boundaries);
        } else if (destination != null) {
            for (NamedPort port : destination.identity().ports()) {
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
     * Whether the pod has the name for that port.
     *
     * @param port null for any
     */
    private boolean isNamed(Peer.@Nullable Pod pod, String ofProtocol, @Nullable Integer port) {
        if (pod == null) {
            return false;
        }
        for (NamedPort named : pod.identity().ports()) {
            if ((port == null || named.port() == port)
                    && named.protocol().equals(ofProtocol)
                    && named.name().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
