package dev.weir.ingest.format;

import static dev.weir.ingest.format.Row.row;
import static dev.weir.ingest.format.Row.special;
import static dev.weir.ingest.format.Row.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.TcpFlags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads Hubble's flows in their JSON form, with the names of the proto: a line of {@code hubble observe -o jsonpb} or
 * of the exporter. Hubble reports packets, not connections, and never counts bytes, so the counters stay absent.
 */
public final class HubbleFormat implements LineFormat {
    /** The label of an endpoint that is the node itself. */
    public static final String HOST_LABEL = "reserved:host";

    private static final String LABEL_PREFIX = "k8s:";

    private static final List<String> EVENTS = List.of("lost_events", "node_status", "agent_event", "debug_event");

    /** Protocols of a flow by Hubble's names: VRRP and IGMP by their number (IANA). */
    private static final Map<String, String> PROTOCOLS = new TreeMap<>(Map.of(
            "TCP", "TCP", "UDP", "UDP", "SCTP", "SCTP", "ICMPv4", "ICMP", "ICMPv6", "ICMPV6", "VRRP", "112", "IGMP",
            "2"));

    private static final Table TABLE = Table.of(
            special("time", "start_ms, end_ms", (flow, value) -> flow.startMs(Values.time(value)), "to milliseconds"),
            row("IP/source", FlowField.SOURCE_IP),
            row("IP/destination", FlowField.DESTINATION_IP),
            special(
                    "IP/encrypted",
                    "encrypted",
                    (flow, value) -> flow.encrypted(Values.truth(value) ? Boolean.TRUE : null),
                    "when it is true; Hubble omits false values"),
            special(
                    "l4",
                    "protocol, source.port, destination.port, source.tcp_flags",
                    HubbleFormat::l4,
                    "the one of TCP, UDP, SCTP, ICMPv4, ICMPv6, VRRP, IGMP that is there; a drop without it is no flow"),
            row("source/namespace", FlowField.SOURCE_NAMESPACE),
            row("destination/namespace", FlowField.DESTINATION_NAMESPACE),
            row("source/pod_name", FlowField.SOURCE_POD),
            row("destination/pod_name", FlowField.DESTINATION_POD),
            special(
                    "source/workloads",
                    "source.workload, source.workload_kind",
                    (flow, value) -> workload(flow.source(), value),
                    "the first"),
            special(
                    "destination/workloads",
                    "destination.workload, destination.workload_kind",
                    (flow, value) -> workload(flow.destination(), value),
                    "the first"),
            special(
                    "source/labels",
                    "source.labels, source.node",
                    (flow, value) -> labels(flow.source(), value),
                    "those that begin with k8s:, less what Cilium derives; reserved:host makes the end the node"),
            special(
                    "destination/labels",
                    "destination.labels, destination.node",
                    (flow, value) -> labels(flow.destination(), value),
                    "likewise"),
            row("source/cluster_name", FlowField.CLUSTER),
            special(
                    "destination/cluster_name",
                    "cluster",
                    (flow, value) -> flow.cluster(flow.cluster() == null ? Values.text(value) : flow.cluster()),
                    "when the source names none"),
            row("source_names", FlowField.SOURCE_NAMES),
            row("destination_names", FlowField.DESTINATION_NAMES),
            row("source_service/name", FlowField.SOURCE_SERVICE),
            row("destination_service/name", FlowField.DESTINATION_SERVICE),
            text(
                    "verdict",
                    FlowField.VERDICT,
                    HubbleFormat::verdict,
                    "REDIRECTED is FORWARDED; TRACED and TRANSLATED are no flows"),
            row("drop_reason_desc", FlowField.DROP_REASON),
            text("traffic_direction", FlowField.DIRECTION, HubbleFormat::direction, ""),
            special("is_reply", "is_reply", (flow, value) -> flow.isReply(reply(value)), ""),
            row("node_name", FlowField.REPORTER),
            row("l7/dns/query", FlowField.L7_DNS_QUERY),
            special(
                    "l7/dns/qtypes",
                    "l7.dns.type",
                    (flow, value) -> flow.l7()
                            .dnsType(value.isEmpty() ? null : value.path(0).asText()),
                    "the first"),
            special(
                    "l7/dns/rcode",
                    "l7.dns.rcode",
                    (flow, value) -> flow.l7().dnsRcode(DnsCodes.rcode((int) Values.count(value))),
                    "as a word"),
            row("l7/dns/ips", FlowField.L7_DNS_ANSWERS),
            row("l7/http/method", FlowField.L7_HTTP_METHOD),
            special(
                    "l7/http/url",
                    "l7.http.host, l7.http.path",
                    (flow, value) -> flow.l7().httpPath(url(Values.url(value))),
                    "without user, query and fragment"),
            special(
                    "l7/http/code",
                    "l7.http.status",
                    (flow, value) -> flow.l7().httpStatus(Values.whole(value) == 0 ? null : Values.status(value)),
                    "when it is not 0"));

    @Override
    public String id() {
        return "hubble";
    }

    @Override
    public String title() {
        return "Hubble's exporter, or hubble observe -o jsonpb";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        return json.path("flow").isObject() || isEvent(json) || isFlat(json);
    }

    /** True if a flow has no {@code flow} around it, as older versions of {@code hubble observe -o json} print it. */
    static boolean isFlat(JsonNode json) {
        boolean hasAddresses =
                json.at("/IP/source").isTextual() && json.at("/IP/destination").isTextual();
        return !json.has("flow")
                && (hasAddresses || json.path("event_type").isObject() || json.has("Summary") && json.has("verdict"));
    }

    private static boolean isEvent(JsonNode response) {
        return EVENTS.stream().anyMatch(response::has);
    }

    @Override
    public String example() {
        return """
                {"flow":{"time":"2026-03-26T02:35:29.1Z","verdict":"DROPPED",\
                "IP":{"source":"10.0.0.1","destination":"10.0.0.2"},\
                "l4":{"TCP":{"source_port":40000,"destination_port":443,"flags":{"SYN":true}}},\
                "source":{"labels":["k8s:app=web"]}}}""";
    }

    @Override
    public Reader reader() {
        return line -> {
            JsonNode json = LineFormats.tree(line);
            if (!json.has("flow") && !isEvent(json) && !isFlat(json)) {
                throw new InvalidRecordException("flow", "is missing, and so are IP and " + String.join(", ", EVENTS));
            }
            return flow(json);
        };
    }

    @Override
    public List<Column> columns() {
        return TABLE.columns();
    }

    /**
     * Returns the flow of a response.
     *
     * @param response the response with the flow under {@code flow}, as {@code GetFlowsResponse} and the exporter have
     *     it, or the flow alone
     * @return null if the response holds no flow: lost events, the state of a node, an event of a socket, or a drop of
     *     a packet for which Hubble names no protocol, such as ARP
     * @throws InvalidRecordException if a field is missing or wrong; it names the field
     */
    public static @Nullable Flow flow(JsonNode response) {
        JsonNode record = isFlat(response) ? response : response.path("flow");
        if (!record.isObject() || isSocketEvent(record) || record.path("l4").isEmpty()) {
            return null;
        }
        Flow.Builder flow = Flow.builder();
        try {
            TABLE.apply(flow, record);
        } catch (InvalidRecordException e) {
            throw isFlat(response) ? e : e.under("flow");
        }
        if (flow.startMs() == null && response.hasNonNull("time")) {
            flow.startMs(Values.time(response.path("time")));
        }
        String reporter = flow.reporter();
        String node = reporter == null ? null : reporter.substring(reporter.indexOf('/') + 1);
        host(flow.source(), record.path("source"), node);
        host(flow.destination(), record.path("destination"), node);
        return LineFlows.finish(flow, "hubble", icmpType(record.path("l4")));
    }

    /**
     * True if a socket hook wrote the record, at {@code connect()} and before any policy: it shows neither that a
     * connection was let through nor who answers it, and names neither the client's port nor a direction.
     */
    private static boolean isSocketEvent(JsonNode flow) {
        String verdict = flow.path("verdict").asText();
        return verdict.equals("TRACED")
                || verdict.equals("TRANSLATED")
                || flow.path("Type").asText().equals("SOCK");
    }

    private static void l4(Flow.Builder flow, JsonNode l4) {
        String name = PROTOCOLS.keySet().stream().filter(l4::has).findFirst().orElse(null);
        if (name == null) {
            throw new InvalidRecordException("", "holds none of " + String.join(", ", PROTOCOLS.keySet()));
        }
        JsonNode header = l4.path(name);
        flow.protocol(PROTOCOLS.get(name));
        flow.source().port(port(header.path("source_port")));
        flow.destination().port(port(header.path("destination_port")));
        int bits = 0;
        for (Map.Entry<String, JsonNode> flag : header.path("flags").properties()) {
            if (flag.getValue().asBoolean()) {
                bits |= TcpFlags.bit(flag.getKey().toUpperCase(Locale.ROOT));
            }
        }
        flow.source().tcpFlags(bits == 0 ? null : (Integer) bits);
    }

    /** JSON of protobuf omits a zero, which is an echo reply in IPv4 and no type in IPv6. */
    private static @Nullable Integer icmpType(JsonNode l4) {
        JsonNode v6 = l4.path("ICMPv6").path("type");
        return l4.has("ICMPv4")
                ? (Integer) l4.path("ICMPv4").path("type").asInt(0)
                : v6.isMissingNode() || v6.isNull() ? null : (Integer) v6.asInt(0);
    }

    private static @Nullable Integer port(JsonNode port) {
        return port.isMissingNode() ? null : (Integer) Values.port(port);
    }

    private static void workload(Endpoint.Builder end, JsonNode workloads) {
        JsonNode first = workloads.path(0);
        end.workload(first.path("name").textValue());
        end.workloadKind(first.path("kind").textValue());
    }

    private static void labels(Endpoint.Builder end, JsonNode labels) {
        List<String> texts = new ArrayList<>();
        labels.forEach(label -> texts.add(label.asText()));
        end.labels(podLabels(texts));
    }

    /** Returns the labels of the pod itself: those from Kubernetes, without those that Cilium derives; null if none. */
    public static @Nullable Map<String, String> podLabels(List<String> labels) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String label : labels) {
            boolean derived =
                    label.startsWith(LABEL_PREFIX + "io.cilium.") || label.startsWith(LABEL_PREFIX + "io.kubernetes.");
            if (label.startsWith(LABEL_PREFIX) && !derived) {
                int equals = label.indexOf('=');
                String key = label.substring(LABEL_PREFIX.length(), equals < 0 ? label.length() : equals);
                map.put(key, equals < 0 ? "" : label.substring(equals + 1));
            }
        }
        return map.isEmpty() ? null : map;
    }

    private static void host(Endpoint.Builder end, JsonNode endpoint, @Nullable String node) {
        for (JsonNode label : endpoint.path("labels")) {
            if (end.pod() == null && label.asText().equals(HOST_LABEL)) {
                end.node(node);
            }
        }
    }

    private static String verdict(String word) {
        return switch (word) {
            case "FORWARDED", "REDIRECTED" -> "FORWARDED";
            case "DROPPED", "AUDIT", "ERROR" -> word;
            default -> "UNKNOWN";
        };
    }

    /** Removes the slashes before a URL without a scheme: Hubble writes {@code //api.data:8080/v1} then. */
    public static String url(String text) {
        return text.startsWith("//") ? "http:" + text : text;
    }

    private static @Nullable String direction(String word) {
        return word.equals("INGRESS") || word.equals("EGRESS") ? word : null;
    }

    private static @Nullable Boolean reply(JsonNode value) {
        return value.isBoolean() ? (Boolean) value.booleanValue() : null;
    }
}
