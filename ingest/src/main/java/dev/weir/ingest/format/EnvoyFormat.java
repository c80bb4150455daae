package dev.weir.ingest.format;

import static dev.weir.ingest.format.Row.row;
import static dev.weir.ingest.format.Row.special;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weir.common.Ip;
import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads Envoy's access log as JSON, with the field names that Istio gives it. A line is a request, or a TCP connection,
 * that the proxy let through or answered itself. A proxy before the server logs {@code inbound}, one before the client
 * {@code outbound}; only the latter knows which pod was chosen. Bytes are those of the bodies.
 */
final class EnvoyFormat implements LineFormat {
    private static final Table TABLE = Table.of(
            special("start_time", "start_ms", (flow, value) -> flow.startMs(Values.time(value)), "to milliseconds"),
            special("duration", "end_ms", EnvoyFormat::end, "milliseconds after start_time"),
            special(
                    "downstream_remote_address",
                    "source.ip, source.port",
                    (flow, value) -> address(flow.source(), Values.text(value)),
                    ""),
            special(
                    "downstream_local_address",
                    "destination.ip, destination.port",
                    (flow, value) -> address(flow.destination(), Values.text(value)),
                    ""),
            special(
                    "upstream_host",
                    "destination.ip, destination.port",
                    EnvoyFormat::upstream,
                    "instead of downstream_local_address, unless it is on loopback; of envoy://NAME/10.0.0.9:80 the address at its end"),
            special(
                    "upstream_cluster",
                    "direction, destination.service, destination.namespace, destination.names, verdict, drop_reason",
                    EnvoyFormat::cluster,
                    "of outbound|80||db.shop.svc.cluster.local the service and its namespace, else the name; DROPPED for"
                            + " BlackHoleCluster"),
            special(
                    "protocol",
                    "protocol",
                    (flow, value) -> flow.protocol(protocol(Values.text(value))),
                    "HTTP/3 is UDP"),
            row("bytes_received", FlowField.SOURCE_BYTES),
            row("bytes_sent", FlowField.DESTINATION_BYTES),
            row("method", FlowField.L7_HTTP_METHOD),
            row("authority", FlowField.L7_HTTP_HOST),
            special(
                    "path",
                    "l7.http.path",
                    (flow, value) -> flow.l7().httpPath(Values.url(value)),
                    "without user, query and fragment"),
            special(
                    "response_code",
                    "l7.http.status",
                    (flow, value) -> flow.l7().httpStatus(Values.whole(value) == 0 ? null : Values.status(value)),
                    "when it is not 0"),
            row("requested_server_name", FlowField.L7_TLS_SNI),
            special(
                    "downstream_tls_version",
                    "encrypted",
                    (flow, value) -> flow.encrypted(Boolean.TRUE),
                    "true when there is one"),
            special(
                    "response_code_details",
                    "verdict, drop_reason",
                    EnvoyFormat::denied,
                    "DROPPED and POLICY_DENIED for rbac_access_denied; else FORWARDED"),
            special(
                    "connection_termination_details",
                    "verdict, drop_reason",
                    EnvoyFormat::denied,
                    "likewise, of a TCP connection"),
            special(
                    "response_flags",
                    "verdict, drop_reason",
                    EnvoyFormat::flags,
                    "DROPPED and AUTH_REQUIRED for UAEX, refused by external authorization"));

    @Override
    public String id() {
        return "envoy";
    }

    @Override
    public String title() {
        return "Envoy's and Istio's access log, JSON or Istio's text";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        return json.has("downstream_remote_address") || IstioText.isOne(line);
    }

    @Override
    public String example() {
        return """
                {"start_time":"2026-05-01T10:00:00.250Z","duration":12,"downstream_remote_address":"10.0.0.1:40000",\
                "upstream_host":"10.0.0.2:8080","upstream_cluster":"outbound|80||db.shop.svc","response_code":200}""";
    }

    @Override
    public Reader reader() {
        return line -> {
            String text = line.length > 0 && line[0] == '[' ? new String(line, StandardCharsets.UTF_8) : "";
            return flow(IstioText.isOne(text) ? IstioText.fields(text) : LineFormats.tree(line));
        };
    }

    @Override
    public List<Column> columns() {
        return TABLE.columns();
    }

    private static @Nullable Flow flow(JsonNode line) {
        if (line.has("level") && !line.has("downstream_remote_address")) {
            // Istio writes the log of the process itself into the same stream.
            return null;
        }
        Flow.Builder flow = Flow.builder();
        flow.isReply(false);
        flow.verdict(Verdict.FORWARDED);
        flow.protocol("TCP");
        TABLE.apply(flow, line);
        return LineFlows.finish(flow, "envoy");
    }

    private static void end(Flow.Builder flow, JsonNode milliseconds) {
        if (flow.startMs() != null) {
            flow.endMs(flow.startMs() + Math.min(Values.count(milliseconds), Flow.MAX_MS));
        }
    }

    /** Sets address and port of an endpoint from {@code 10.0.0.1:80} or {@code [fd00::1]:80}. */
    static void address(Endpoint.Builder end, String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new InvalidRecordException("", "'" + text + "' is not an address with a port");
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        end.ip(bracketed ? host.substring(1, host.length() - 1) : host);
        int port = Values.port(TextNode.valueOf(text.substring(colon + 1)));
        end.port(port == 0 ? null : (Integer) port);
    }

    /** True if the text is an address with a port rather than a name. */
    static boolean isAddress(String text) {
        int colon = text.lastIndexOf(':');
        return colon > 0 && Ip.canonical(text.substring(0, colon).replaceAll("^\\[|\\]$", "")) != null;
    }

    /**
     * Sets the destination from the upstream host. A proxy before the server reaches it over loopback, which is not the
     * server's address.
     */
    private static void upstream(Flow.Builder flow, JsonNode value) {
        String host = Values.text(value);
        boolean inside =
                host.startsWith("127.") || host.startsWith("[::1]") || host.startsWith("/") || host.startsWith("@");
        if (host.startsWith("envoy://")) {
            // A waypoint's inner listener has the address of the pod behind it:
            // envoy://connect_originate/10.0.0.9:8080.
            String behind = host.substring(host.lastIndexOf('/') + 1);
            if (behind.indexOf(':') > 0) {
                address(flow.destination(), behind);
            }
        } else if (!inside) {
            address(flow.destination(), host);
        }
    }

    private static void cluster(Flow.Builder flow, JsonNode value) {
        // Some versions of Istio put a semicolon at its end.
        String text = Values.text(value).replaceFirst(";$", "");
        if (text.equals("BlackHoleCluster")) {
            drop(flow, "BLACK_HOLE");
        }
        String[] parts = text.split("\\|", -1);
        if (parts.length < 4) {
            return;
        }
        flow.direction(parts[0].startsWith("inbound") ? Direction.INGRESS : Direction.EGRESS);
        String host = parts[3];
        String[] labels = host.split("\\.", -1);
        if (labels.length >= 3 && labels[2].equals("svc")) {
            flow.destination().service(labels[0]);
            flow.destination().namespace(labels[1]);
        } else if (!host.isEmpty()) {
            flow.destination().names(List.of(host));
        }
    }

    private static String protocol(String word) {
        return word.startsWith("HTTP/3") ? "UDP" : "TCP";
    }

    private static void denied(Flow.Builder flow, JsonNode value) {
        if (Values.text(value).startsWith("rbac_access_denied")) {
            drop(flow, "POLICY_DENIED");
        }
    }

    private static void flags(Flow.Builder flow, JsonNode value) {
        if (List.of(Values.text(value).split(",", -1)).contains("UAEX")) {
            drop(flow, "AUTH_REQUIRED");
        }
    }

    private static void drop(Flow.Builder flow, String reason) {
        flow.verdict(Verdict.DROPPED);
        flow.dropReason(reason);
    }
}
