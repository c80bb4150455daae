package dev.weir.ingest.collector.file;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.L7;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Maps a line of Hubble's JSON export (the protobuf {@code flow.Flow} in its JSON form, field names as in the proto).
 * Hubble reports packets, not connections, and never counts bytes, so the counters stay absent.
 */
final class HubbleLine {
    private static final String LABEL_PREFIX = "k8s:";

    private HubbleLine() {}

    /**
     * @return null when the line is no flow
     * @throws InvalidRecordException naming the field
     */
    static @Nullable Flow flow(JsonNode line) {
        JsonNode flow = line.path("flow");
        if (!flow.isObject()) {
            return null;
        }
        long ms = time(flow.hasNonNull("time") ? flow.path("time") : line.path("time"));
        String node = text(flow, "node_name");
        JsonNode l4 = flow.path("l4");
        String protocol = protocol(l4);
        JsonNode header = l4.path(l4.fieldNames().hasNext() ? l4.fieldNames().next() : "");
        boolean udpOrTcp = header.has("source_port") || header.has("destination_port");
        Endpoint source = endpoint(
                flow,
                "source",
                udpOrTcp ? header.path("source_port").asInt() : null,
                header.has("flags") ? flags(header.path("flags")) : null,
                node);
        Endpoint destination = endpoint(
                flow, "destination", udpOrTcp ? header.path("destination_port").asInt() : null, null, node);
        return new Flow(
                ms,
                ms,
                source,
                destination,
                protocol,
                verdict(text(flow, "verdict")),
                text(flow, "drop_reason_desc"),
                direction(text(flow, "traffic_direction")),
                flow.path("is_reply").isBoolean() ? flow.path("is_reply").booleanValue() : null,
                null,
                cluster(flow),
                node,
                "hubble",
                null,
                l7(flow.path("l7")));
    }

    private static long time(JsonNode time) {
        String text = time.asText("");
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            throw new InvalidRecordException("flow.time", "'" + text + "' is not a time such as 2026-01-31T23:59:59Z");
        }
    }

    private static String protocol(JsonNode l4) {
        for (String name : List.of("TCP", "UDP", "SCTP")) {
            if (l4.has(name)) {
                return name;
            }
        }
        if (l4.has("ICMPv4")) {
            return "ICMP";
        }
        if (l4.has("ICMPv6")) {
            return "ICMPV6";
        }
        throw new InvalidRecordException("flow.l4", "holds none of TCP, UDP, SCTP, ICMPv4, ICMPv6");
    }

    private static int flags(JsonNode flags) {
        int bits = 0;
        for (Map.Entry<String, JsonNode> flag : flags.properties()) {
            if (flag.getValue().asBoolean()) {
                bits |= TcpFlags.bit(flag.getKey().toUpperCase(Locale.ROOT));
            }
        }
        return bits;
    }

    private static Endpoint endpoint(
            JsonNode flow, String side, @Nullable Integer port, @Nullable Integer flags, @Nullable String node) {
        String ip = flow.path("IP").path(side).asText("");
        if (ip.isEmpty()) {
            throw new InvalidRecordException("flow.IP." + side, "is missing");
        }
        JsonNode end = flow.path(side);
        JsonNode workload = end.path("workloads").path(0);
        List<String> labels = texts(end.path("labels"));
        String pod = text(end, "pod_name");
        try {
            return new Endpoint(
                    ip,
                    port,
                    null,
                    null,
                    flags,
                    text(end, "namespace"),
                    pod,
                    text(workload, "name"),
                    text(workload, "kind"),
                    podLabels(labels),
                    pod == null && labels.contains("reserved:host") ? withoutCluster(node) : null,
                    text(flow.path(side + "_service"), "name"),
                    emptyToNull(texts(flow.path(side + "_names"))));
        } catch (InvalidRecordException e) {
            throw e.under("flow." + side);
        }
    }

    /** The labels that the pod itself carries: those from Kubernetes, less what Cilium derives. */
    private static @Nullable Map<String, String> podLabels(List<String> labels) {
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

    private static Verdict verdict(@Nullable String word) {
        if (word == null) {
            return Verdict.UNKNOWN;
        }
        return switch (word) {
            case "FORWARDED", "REDIRECTED", "TRANSLATED", "TRACED" -> Verdict.FORWARDED;
            case "DROPPED" -> Verdict.DROPPED;
            case "AUDIT" -> Verdict.AUDIT;
            case "ERROR" -> Verdict.ERROR;
            default -> Verdict.UNKNOWN;
        };
    }

    private static @Nullable Direction direction(@Nullable String word) {
        if ("INGRESS".equals(word)) {
            return Direction.INGRESS;
        }
        return "EGRESS".equals(word) ? Direction.EGRESS : null;
    }

    private static @Nullable String cluster(JsonNode flow) {
        String name = text(flow.path("source"), "cluster_name");
        return name == null ? text(flow.path("destination"), "cluster_name") : name;
    }

    private static @Nullable String withoutCluster(@Nullable String node) {
        return node == null ? null : node.substring(node.indexOf('/') + 1);
    }

    private static @Nullable L7 l7(JsonNode l7) {
        JsonNode dns = l7.path("dns");
        if (dns.isObject()) {
            List<String> types = texts(dns.path("qtypes"));
            int rcode = dns.path("rcode").asInt(-1);
            return new L7(
                    new L7.Dns(
                            text(dns, "query"),
                            types.isEmpty() ? null : types.get(0),
                            rcode < 0 ? null : rcode(rcode),
                            emptyToNull(texts(dns.path("ips")))),
                    null,
                    null);
        }
        JsonNode http = l7.path("http");
        if (http.isObject()) {
            int code = http.path("code").asInt();
            return new L7(
                    null, new L7.Http(text(http, "method"), null, text(http, "url"), code == 0 ? null : code), null);
        }
        return null;
    }

    private static String rcode(int code) {
        return switch (code) {
            case 0 -> "NOERROR";
            case 1 -> "FORMERR";
            case 2 -> "SERVFAIL";
            case 3 -> "NXDOMAIN";
            case 4 -> "NOTIMP";
            case 5 -> "REFUSED";
            default -> "RCODE" + code;
        };
    }

    private static @Nullable String text(JsonNode node, String field) {
        String text = node.path(field).textValue();
        return text == null || text.isEmpty() ? null : text;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static @Nullable List<String> emptyToNull(List<String> texts) {
        return texts.isEmpty() ? null : texts;
    }
}
