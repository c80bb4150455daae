package dev.weir.policy.dialect.calico;

import dev.weir.model.L7;
import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.PortClause;
import dev.weir.policy.PortNames;
import dev.weir.policy.RequestClause;
import dev.weir.policy.Traffic;
import dev.weir.policy.TrafficClause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The conditions of Calico's rules beside the other end and the destination port. */
final class CalicoConditions {
    private CalicoConditions() {}

    /**
     * The condition of a rule on the end that its policy sits on.
     *
     * @param isSource true if that is the source
     */
    record OwnEnd(boolean isSource, EndClause clause) implements TrafficClause {
        private Peer end(Traffic traffic) {
            return isSource ? traffic.source() : traffic.destination();
        }

        @Override
        public Holds holds(Traffic traffic) {
            return clause.holds(end(traffic));
        }

        @Override
        public String reason(Traffic traffic, Holds answer) {
            return String.join(" and ", clause.reasons(end(traffic)));
        }

        @Override
        public List<PeerClause.AddressTest> addressTests() {
            return clause.addressTests();
        }
    }

    /** {@code destination.notPorts}. */
    record NotPorts(List<PortClause> ports) implements TrafficClause {
        @Override
        public Holds holds(Traffic traffic) {
            Holds holds = Holds.NO;
            for (PortClause port : ports) {
                holds = holds.or(port.holds(traffic));
            }
            return holds.negated();
        }

        @Override
        public void addBoundaries(Traffic traffic, Set<Integer> boundaries) {
            ports.forEach(port -> port.addBoundaries(traffic.destination(), traffic.protocol(), boundaries));
        }

        @Override
        public String reason(Traffic traffic, Holds answer) {
            return answer == Holds.NO
                    ? "the port is " + traffic.service() + ", which notPorts names"
                    : "the record holds no destination port";
        }
    }

    /**
     * {@code source.ports} and {@code source.notPorts}. No record holds the port of the source.
     *
     * @param numbers true if the list has numbers or ranges
     * @param all true if the numbers are all there are
     * @param names the names among them
     * @param known the names that sources have
     */
    record SourcePorts(boolean numbers, boolean all, Set<String> names, PortNames known, boolean isNegated)
            implements TrafficClause {
        @Override
        public Holds holds(Traffic traffic) {
            Holds holds = all ? Holds.YES : numbers || isNamed(traffic) ? Holds.UNKNOWN : Holds.NO;
            return isNegated ? holds.negated() : holds;
        }

        private boolean isNamed(Traffic traffic) {
            for (NamedPort port : known.of(traffic.source())) {
                if (port.protocol().equals(traffic.protocol()) && names.contains(port.name())) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String reason(Traffic traffic, Holds answer) {
            return answer == Holds.UNKNOWN
                    ? "the record holds no source port"
                    : "the source has no port of the rule's names";
        }
    }

    /** {@code notProtocol}. */
    record NotProtocol(String protocol) implements TrafficClause {
        @Override
        public Holds holds(Traffic traffic) {
            return Holds.of(!traffic.protocol().equals(protocol));
        }

        @Override
        public String reason(Traffic traffic, Holds answer) {
            return "the protocol is " + protocol;
        }
    }

    /**
     * {@code ipVersion}.
     *
     * @param bytes the length of an address of the version
     */
    record IpVersion(int bytes) implements TrafficClause, PeerClause.AddressTest {
        @Override
        public Holds holds(Traffic traffic) {
            return test(traffic.source()).and(test(traffic.destination()));
        }

        @Override
        public Holds test(Peer peer) {
            byte[] address = peer.address();
            return address == null ? Holds.UNKNOWN : Holds.of(address.length == bytes);
        }

        @Override
        public String reason(Traffic traffic, Holds answer) {
            return answer == Holds.NO
                    ? "the addresses are not of IP version " + (bytes == 4 ? 4 : 6)
                    : "no address is known";
        }

        @Override
        public List<PeerClause.AddressTest> addressTests() {
            return List.of(this);
        }
    }

    /**
     * {@code services} of a destination: one of the Service's endpoints, at one of its ports.
     *
     * @param byPort the addresses by protocol and port, {@code TCP/80}; the empty text stands for any port
     */
    record ToService(String service, Map<String, InService> byPort) implements TrafficClause {
        static final String ANY = "";

        @Override
        public Holds holds(Traffic traffic) {
            Peer to = traffic.destination();
            Integer port = traffic.port();
            Holds holds = Holds.NO;
            for (Map.Entry<String, InService> each : byPort.entrySet()) {
                String at = each.getKey();
                boolean mayBe = at.equals(ANY) || at.startsWith(traffic.protocol() + "/");
                boolean is = at.equals(ANY) || port != null && at.equals(traffic.protocol() + "/" + port);
                if (is || mayBe && port == null) {
                    Holds address = each.getValue().test(to);
                    holds = holds.or(is ? address : address.and(Holds.UNKNOWN));
                }
            }
            return holds;
        }

        @Override
        public void addBoundaries(Traffic traffic, Set<Integer> boundaries) {
            for (String at : byPort.keySet()) {
                if (at.startsWith(traffic.protocol() + "/")) {
                    int port = Integer.parseInt(at.substring(at.indexOf('/') + 1));
                    PortClause.range(traffic.protocol(), port, port)
                            .addBoundaries(traffic.destination(), traffic.protocol(), boundaries);
                }
            }
        }

        @Override
        public String reason(Traffic traffic, Holds answer) {
            return traffic.destination().display() + " at " + traffic.service()
                    + (answer == Holds.NO ? " is no endpoint of the Service " : " may be an endpoint of the Service ")
                    + service;
        }

        @Override
        public List<PeerClause.AddressTest> addressTests() {
            return new ArrayList<>(byPort.values());
        }
    }

    /**
     * {@code http}.
     *
     * @param methods empty for any
     * @param exact paths of which one must be that of the request
     * @param prefixes or begin so; both lists empty for any path
     */
    record Http(Set<String> methods, List<String> exact, List<String> prefixes) implements RequestClause {
        @Override
        public Holds holds(@Nullable L7 l7) {
            L7.Http http = l7 == null ? null : l7.http();
            String method = http == null ? null : http.method();
            String path = http == null ? null : http.path();
            Holds holds =
                    methods.isEmpty() ? Holds.YES : method == null ? Holds.UNKNOWN : Holds.of(methods.contains(method));
            if (exact.isEmpty() && prefixes.isEmpty()) {
                return holds;
            }
            return holds.and(
                    path == null
                            ? Holds.UNKNOWN
                            : Holds.of(exact.contains(path) || prefixes.stream().anyMatch(path::startsWith)));
        }

        @Override
        public String reason(Holds answer) {
            return answer == Holds.NO
                    ? "the HTTP match does not fit the request"
                    : "the record does not hold the HTTP request, which the rule tests";
        }
    }
}
