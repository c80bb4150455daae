package dev.weir.policy.dialect.admin;

import dev.weir.policy.PortClause;
import dev.weir.policy.PortNames;
import dev.weir.policy.clause.Fields;
import java.util.List;
import java.util.Locale;

/** {@code protocols} with {@code tcp}, {@code udp}, {@code sctp} or {@code destinationNamedPort}. */
final class PortsOfV1Alpha2 implements AdminPorts {
    private final PortNames names;

    PortsOfV1Alpha2(PortNames names) {
        this.names = names;
    }

    @Override
    public String field() {
        return "protocols";
    }

    @Override
    public int most() {
        return 25;
    }

    @Override
    public List<PortClause> parse(Fields ports, Fields peers) {
        if (!ports.absent() && ports.elements().isEmpty()) {
            throw ports.invalid("must name at least one protocol; leave it out for all");
        }
        return ports.elements(most()).stream().map(port -> port(port, peers)).toList();
    }

    private PortClause port(Fields entry, Fields peers) {
        entry.allowOnly("tcp", "udp", "sctp", "destinationNamedPort");
        if (entry.present().size() != 1) {
            throw entry.invalid("must have exactly one of tcp, udp, sctp, destinationNamedPort");
        }
        String field = entry.present().get(0);
        Fields value = entry.child(field);
        if (field.equals("destinationNamedPort")) {
            refuseWithoutPods(value, peers);
            return PortClause.named(null, value.portName(), names);
        }
        Fields port = value.allowOnly("destinationPort").required("destinationPort");
        port.allowOnly("number", "range");
        if (port.present().size() != 1) {
            throw port.invalid("must have exactly one of number, range");
        }
        String protocol = field.toUpperCase(Locale.ROOT);
        Fields range = port.child("range");
        if (range.absent()) {
            int number = port.child("number").portNumber();
            return PortClause.range(protocol, number, number);
        }
        range.allowOnly("start", "end");
        int start = range.child("start").portNumber();
        int end = range.child("end").portNumber();
        if (end <= start) {
            throw range.child("end").invalid(end + " is not above start " + start);
        }
        return PortClause.range(protocol, start, end);
    }

    private static void refuseWithoutPods(Fields named, Fields peers) {
        for (Fields peer : peers.elements()) {
            for (String kind : List.of("networks", "nodes", "domainNames")) {
                if (!peer.child(kind).absent()) {
                    throw named.invalid("cannot go with " + kind + ", which have no named ports");
                }
            }
        }
    }
}
