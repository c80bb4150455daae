package dev.weir.policy.dialect.calico;

import dev.weir.model.Flow;
import dev.weir.policy.PortClause;
import dev.weir.policy.PortNames;
import dev.weir.policy.clause.Fields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads protocols and ports of rules. */
final class CalicoPorts {
    private static final Map<String, String> PROTOCOLS =
            Map.of("TCP", "TCP", "UDP", "UDP", "SCTP", "SCTP", "ICMP", "ICMP", "ICMPv6", "ICMPV6", "UDPLite", "136");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");
    private static final Pattern RANGE = Pattern.compile("[0-9]+:[0-9]+");
    private static final int MAX_PROTOCOL = 255;
    private static final int MAX_PORT = 65_535;

    private final PortNames names;

    CalicoPorts(CalicoFacts facts) {
        this.names = new EndpointPorts(facts);
    }

    /** The protocol that a field names, as flows have it; null if it is absent. */
    static @Nullable String protocol(Fields field) {
        if (field.absent()) {
            return null;
        }
        if (field.node().isInt() || field.text().matches("[0-9]{1,3}")) {
            int number = field.node().isInt() ? field.number(1, MAX_PROTOCOL) : Integer.parseInt(field.text());
            if (number < 1 || number > MAX_PROTOCOL) {
                throw field.invalid(number + " is outside 1.." + MAX_PROTOCOL);
            }
            return Flow.protocolName(number);
        }
        String protocol = PROTOCOLS.get(field.text());
        if (protocol == null) {
            throw field.invalid("'" + field.text() + "' is not "
                    + String.join(", ", PROTOCOLS.keySet().stream().sorted().toList()) + " or a number");
        }
        return protocol;
    }

    /** The clauses for a list of ports. */
    List<PortClause> clauses(Fields list, @Nullable String protocol) {
        List<PortClause> ports = new ArrayList<>();
        for (Fields field : list.elements()) {
            if (protocol == null || !PortClause.PROTOCOLS.contains(protocol)) {
                throw list.invalid("needs a protocol of TCP, UDP or SCTP");
            }
            ports.add(port(field, protocol));
        }
        return List.copyOf(ports);
    }

    private PortClause port(Fields field, String protocol) {
        if (field.node().isNumber()) {
            int number = field.portNumber();
            return PortClause.range(protocol, number, number);
        }
        String text = field.text();
        if (RANGE.matcher(text).matches() || text.matches("[0-9]+")) {
            String[] ends = text.split(":", -1);
            int first = number(field, ends[0]);
            int last = number(field, ends[ends.length - 1]);
            if (last < first) {
                throw field.invalid(last + " is below port " + first);
            }
            return PortClause.range(protocol, first, last);
        }
        if (!isName(text)) {
            throw field.invalid("'" + text + "' is neither a port, a range such as 8000:9000 nor a name");
        }
        return PortClause.named(protocol, text, names);
    }

    private static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Refuses a port of a host endpoint that is not complete. */
    static void checkNamed(Fields port) {
        Fields name = port.allowOnly("name", "protocol", "port").required("name");
        if (!isName(name.text())) {
            throw name.invalid("'" + name.text() + "' is not a name of a port");
        }
        String protocol = protocol(port.required("protocol"));
        if (protocol == null || !PortClause.PROTOCOLS.contains(protocol)) {
            throw port.child("protocol").invalid("must be TCP, UDP or SCTP");
        }
        port.required("port").portNumber();
    }

    private static int number(Fields field, String text) {
        int number = text.length() > 5 ? MAX_PORT + 1 : Integer.parseInt(text);
        if (number < 1 || number > MAX_PORT) {
            throw field.invalid(text + " is outside 1.." + MAX_PORT);
        }
        return number;
    }

    /** The condition on the source's port; null if there is none. */
    CalicoConditions.@Nullable SourcePorts source(Fields list, @Nullable String protocol, boolean isNegated) {
        List<PortClause> ports = clauses(list, protocol);
        if (ports.isEmpty()) {
            return null;
        }
        Set<String> named = new HashSet<>();
        boolean numbers = false;
        boolean all = false;
        for (PortClause port : ports) {
            String name = port.name();
            if (name != null) {
                named.add(name);
            }
            numbers |= name == null;
            all |= name == null && port.first() <= 1 && port.last() == MAX_PORT;
        }
        return new CalicoConditions.SourcePorts(numbers, all, Set.copyOf(named), names, isNegated);
    }
}
