package dev.weir.policy.dialect.cilium;

import dev.weir.model.Direction;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.PortClause;
import dev.weir.policy.PortNames;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.KubernetesNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The ports and the types of ICMP that entries of a rule name, as Cilium means them. */
final class CiliumPorts {
    private static final int MOST_PORTS = 40;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_ICMP_TYPE = 255;
    private static final List<String> ANY = List.of("TCP", "UDP", "SCTP");

    private static final Map<String, Integer> ICMP = Map.ofEntries(
            Map.entry("EchoReply", 0),
            Map.entry("DestinationUnreachable", 3),
            Map.entry("Redirect", 5),
            Map.entry("Echo", 8),
            Map.entry("EchoRequest", 8),
            Map.entry("RouterAdvertisement", 9),
            Map.entry("RouterSelection", 10),
            Map.entry("TimeExceeded", 11),
            Map.entry("ParameterProblem", 12),
            Map.entry("Timestamp", 13),
            Map.entry("TimestampReply", 14),
            Map.entry("Photuris", 40),
            Map.entry("ExtendedEcho Request", 42),
            Map.entry("ExtendedEcho Reply", 43));

    private static final Map<String, Integer> ICMPV6 = Map.ofEntries(
            Map.entry("DestinationUnreachable", 1),
            Map.entry("PacketTooBig", 2),
            Map.entry("TimeExceeded", 3),
            Map.entry("ParameterProblem", 4),
            Map.entry("EchoRequest", 128),
            Map.entry("EchoReply", 129),
            Map.entry("MulticastListenerQuery", 130),
            Map.entry("MulticastListenerReport", 131),
            Map.entry("MulticastListenerDone", 132),
            Map.entry("RouterSolicitation", 133),
            Map.entry("RouterAdvertisement", 134),
            Map.entry("NeighborSolicitation", 135),
            Map.entry("NeighborAdvertisement", 136),
            Map.entry("RedirectMessage", 137),
            Map.entry("RouterRenumbering", 138),
            Map.entry("ICMPNodeInformationQuery", 139),
            Map.entry("ICMPNodeInformationResponse", 140),
            Map.entry("InverseNeighborDiscoverySolicitation", 141),
            Map.entry("InverseNeighborDiscoveryAdvertisement", 142),
            Map.entry("HomeAgentAddressDiscoveryRequest", 144),
            Map.entry("HomeAgentAddressDiscoveryReply", 145),
            Map.entry("MobilePrefixSolicitation", 146),
            Map.entry("MobilePrefixAdvertisement", 147),
            Map.entry("DuplicateAddressRequestCodeSuffix", 157),
            Map.entry("DuplicateAddressConfirmationCodeSuffix", 158),
            Map.entry("ExtendedEchoRequest", 160),
            Map.entry("ExtendedEchoReply", 161));

    private final ClusterFacts facts;
    private final Direction direction;

    CiliumPorts(ClusterFacts facts, Direction direction) {
        this.facts = facts;
        this.direction = direction;
    }

    /** The clauses of an entry of {@code toPorts}; one of them must hold. */
    List<PortClause> ports(Fields toPorts) {
        List<PortClause> clauses = new ArrayList<>();
        for (Fields entry : toPorts.child("ports").elements(MOST_PORTS)) {
            entry.allowOnly("port", "endPort", "protocol");
            for (String protocol : protocols(entry.child("protocol"))) {
                add(entry, protocol, clauses);
            }
        }
        return clauses;
    }

    /** The protocols that a field names. */
    static List<String> protocols(Fields field) {
        String protocol = field.absent() ? "ANY" : field.text();
        if (protocol.equals("ANY")) {
            return ANY;
        }
        if (!PortClause.PROTOCOLS.contains(protocol)) {
            throw field.invalid("'" + protocol + "' is not TCP, UDP, SCTP or ANY");
        }
        return List.of(protocol);
    }

    private void add(Fields entry, String protocol, List<PortClause> clauses) {
        Fields field = entry.child("port");
        String text = field.text();
        if (!text.matches("[0-9]+")) {
            named(field, text, protocol, clauses);
            return;
        }
        int port = text.length() > 5 ? MAX_PORT + 1 : Integer.parseInt(text);
        if (port > MAX_PORT) {
            throw field.invalid(text + " is outside 0.." + MAX_PORT);
        }
        Fields endPort = entry.child("endPort");
        int last = endPort.absent() ? 0 : endPort.number(0, MAX_PORT);
        clauses.add(port == 0 ? PortClause.all(protocol) : PortClause.range(protocol, port, Math.max(port, last)));
    }

    private void named(Fields field, String name, String protocol, List<PortClause> clauses) {
        if (!KubernetesNames.isPortName(name.toLowerCase(Locale.ROOT))) {
            throw field.invalid("'" + name + "' is neither a number nor a name of a port");
        }
        clauses.add(named(facts, direction, protocol, name));
    }

    /**
     * A clause for the name of a port: on ingress the pod's own port of that name, of which a node has none, and on
     * egress the one number that pods of the cluster have for it, those on the network of a host aside.
     */
    static PortClause named(ClusterFacts facts, Direction direction, String protocol, String name) {
        if (direction == Direction.INGRESS) {
            return PortClause.named(protocol, name, PortNames.OF_OWN_NETWORK);
        }
        Set<Integer> numbers = facts.numbers(protocol, name);
        int only = numbers.size() == 1 ? numbers.iterator().next() : 0;
        return only == 0 ? PortClause.none(protocol, name) : PortClause.range(protocol, only, only);
    }

    /** The clauses of an entry of {@code icmps}. */
    static List<PortClause> types(Fields icmps) {
        List<PortClause> clauses = new ArrayList<>();
        for (Fields field : icmps.allowOnly("fields").child("fields").elements(MOST_PORTS)) {
            Fields family = field.allowOnly("type", "family").child("family");
            boolean isV6 = !family.absent() && family.text().equals("IPv6");
            if (!family.absent() && !isV6 && !family.text().equals("IPv4")) {
                throw family.invalid("'" + family.text() + "' is not IPv4 or IPv6");
            }
            clauses.add(PortClause.icmp(isV6 ? "ICMPV6" : "ICMP", type(field.child("type"), isV6 ? ICMPV6 : ICMP)));
        }
        return clauses;
    }

    private static int type(Fields field, Map<String, Integer> names) {
        if (field.node().isInt()) {
            return field.number(0, MAX_ICMP_TYPE);
        }
        String text = field.text();
        if (text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= MAX_ICMP_TYPE) {
            return Integer.parseInt(text);
        }
        Integer type = names.get(text);
        if (type == null) {
            throw field.invalid("'" + text + "' is not a type of ICMP");
        }
        return type;
    }
}
