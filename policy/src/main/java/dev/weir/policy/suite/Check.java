package dev.weir.policy.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Expected;
import dev.weir.model.ProtocolPort;
import dev.weir.policy.MeshTraffic;
import dev.weir.policy.PortClause;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One connection with its expected decision.
 *
 * @param expect allow, deny or unknown
 * @param egress the expected deciding policies of the source, and so on; null where the check does not name them
 * @param ofMesh the part of the traffic that a mesh sees
 */
record Check(
        End from,
        End to,
        String protocol,
        @Nullable Integer port,
        String expect,
        @Nullable Decided egress,
        @Nullable Decided ingress,
        @Nullable Decided mesh,
        MeshTraffic ofMesh) {
    private static final Map<String, List<Expected>> DECISIONS = Map.of(
            "allow", List.of(Expected.ALLOW, Expected.UNSELECTED),
            "deny", List.of(Expected.DENY),
            "unknown", List.of(Expected.UNKNOWN));

    private static final Set<String> FIELDS = Stream.concat(
                    Stream.of("name", "from", "to", "protocol", "port", "expect", "decided", "assumes"),
                    MeshFields.NAMES.stream())
            .collect(Collectors.toUnmodifiableSet());

    /**
     * Parses a check.
     *
     * @throws MalformedCheckException naming the field
     */
    static Check parse(JsonNode check) {
        MalformedCheckException.refuseOthers(check, "", FIELDS);
        JsonNode decided = check.path("decided");
        if (!decided.isMissingNode() && !decided.isNull()) {
            MalformedCheckException.refuseOthers(decided, "decided", Set.of("egress", "ingress", "mesh"));
        }
        String protocol = check.path("protocol").asText("TCP").toUpperCase(Locale.ROOT);
        boolean known = PortClause.PROTOCOLS.contains(protocol) || protocol.matches("ICMP|ICMPV6|[0-9]{1,3}");
        if (!known) {
            throw new MalformedCheckException("protocol", "'" + protocol + "' is not TCP, UDP, SCTP, ICMP or ICMPV6");
        }
        JsonNode port = check.path("port");
        boolean none = port.isMissingNode() || port.isNull();
        if (!none && (!port.isInt() || port.intValue() < 1 || port.intValue() > 65_535)) {
            throw new MalformedCheckException("port", port + " is not a number of 1..65535");
        }
        String expect = check.path("expect").asText("");
        if (!DECISIONS.containsKey(expect)) {
            throw new MalformedCheckException("expect", "'" + expect + "' is not allow, deny or unknown");
        }
        return new Check(
                End.parse("from", check.path("from")),
                End.parse("to", check.path("to")),
                protocol,
                none ? null : port.intValue(),
                expect,
                Decided.parse(decided.path("egress")),
                Decided.parse(decided.path("ingress")),
                Decided.parse(decided.path("mesh")),
                MeshFields.parse(check));
    }

    boolean expects(Expected decision) {
        return DECISIONS.getOrDefault(expect, List.of()).contains(decision);
    }

    /** The connection for people: {@code TCP/5432 from shop/web to shop/db}. */
    String display() {
        return ProtocolPort.text(protocol, port) + " from " + from.display() + " to " + to.display();
    }
}
