package dev.weir.ingest.format;

import static dev.weir.ingest.format.Row.row;
import static dev.weir.ingest.format.Row.special;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Direction;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Verdict;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the access log of ztunnel, the node's proxy in Istio's ambient mode, as JSON or as text with tabs. A line is a
 * TCP connection that has ended; the proxy before the client and the one before the server write one each.
 */
final class ZtunnelFormat implements LineFormat {
    private static final Table TABLE = Table.of(
            special("time", "end_ms", (flow, value) -> flow.endMs(Values.time(value)), "to milliseconds"),
            special("duration", "start_ms", ZtunnelFormat::start, "before time"),
            special(
                    "src.addr",
                    "source.ip, source.port",
                    (flow, value) -> EnvoyFormat.address(flow.source(), Values.text(value)),
                    ""),
            special(
                    "dst.addr",
                    "destination.ip, destination.port",
                    (flow, value) -> EnvoyFormat.address(flow.destination(), Values.text(value)),
                    ""),
            special(
                    "dst.hbone_addr",
                    "destination.ip, destination.port, encrypted",
                    ZtunnelFormat::tunnelled,
                    "instead of dst.addr, which is the tunnel's end then; encrypted is true"),
            row("src.namespace", FlowField.SOURCE_NAMESPACE),
            row("dst.namespace", FlowField.DESTINATION_NAMESPACE),
            row("src.workload", FlowField.SOURCE_POD),
            row("dst.workload", FlowField.DESTINATION_POD),
            special("dst.service", "destination.service", ZtunnelFormat::service, "its first label"),
            row("bytes_recv", FlowField.SOURCE_BYTES),
            row("bytes_sent", FlowField.DESTINATION_BYTES),
            special(
                    "direction",
                    "direction",
                    (flow, value) ->
                            flow.direction(Values.text(value).equals("inbound") ? Direction.INGRESS : Direction.EGRESS),
                    "inbound is INGRESS, outbound EGRESS"),
            special(
                    "error",
                    "verdict, drop_reason",
                    ZtunnelFormat::error,
                    "DROPPED and POLICY_DENIED when a policy is the reason or the server's ztunnel answered 401; else"
                            + " FORWARDED"));

    /** Matches time, level and scope {@code access}, then the message and its fields. */
    private static final Pattern TEXT = Pattern.compile("(\\S{10,40})\t[a-zA-Z]{1,8}\taccess\t(.*)", Pattern.DOTALL);

    private static final Pattern FIELD =
            Pattern.compile("([a-z][a-z_.]{0,40})=(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^\\s\"]++))");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(ns|µs|us|ms|s|m|h)");
    private static final Map<String, BigDecimal> MILLIS = Map.of(
            "ns",
            new BigDecimal("0.000001"),
            "µs",
            new BigDecimal("0.001"),
            "us",
            new BigDecimal("0.001"),
            "ms",
            BigDecimal.ONE,
            "s",
            BigDecimal.valueOf(1_000),
            "m",
            BigDecimal.valueOf(60_000),
            "h",
            BigDecimal.valueOf(3_600_000));

    @Override
    public String id() {
        return "ztunnel";
    }

    @Override
    public String title() {
        return "Istio's ztunnel, its access log as JSON or text";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        return json.has("src.addr") || TEXT.matcher(line).matches();
    }

    @Override
    public String example() {
        return """
                {"time":"2026-05-01T10:00:00.250Z","src.addr":"10.0.0.1:40000","dst.addr":"10.0.0.2:8080",\
                "direction":"inbound","bytes_recv":"9","duration":"12ms","message":"connection complete"}""";
    }

    @Override
    public Reader reader() {
        return ZtunnelFormat::flow;
    }

    @Override
    public List<Column> columns() {
        return TABLE.columns();
    }

    private static @Nullable Flow flow(byte[] bytes) {
        JsonNode line;
        if (bytes.length > 0 && bytes[0] == '{') {
            line = LineFormats.tree(bytes);
        } else {
            Matcher text = TEXT.matcher(new String(bytes, StandardCharsets.UTF_8));
            if (!text.matches()) {
                throw new InvalidRecordException("line", "is neither JSON nor a time, a level, access and its fields");
            }
            line = fields(text.group(1), text.group(2));
        }
        String message = line.path("message").asText("");
        if (!line.has("src.addr") || message.endsWith("opened") || message.endsWith("started")) {
            // The line is from the log of the process itself, or a connection that is reported again when it ends.
            return null;
        }
        Flow.Builder flow = Flow.builder();
        flow.isReply(false);
        flow.verdict(Verdict.FORWARDED);
        flow.protocol("TCP");
        TABLE.applyFlat(flow, line::get);
        flow.startMs(flow.startMs() == null ? flow.endMs() : flow.startMs());
        return LineFlows.finish(flow, "ztunnel");
    }

    private static ObjectNode fields(String time, String text) {
        ObjectNode line = JsonNodeFactory.instance.objectNode().put("time", time);
        Matcher field = FIELD.matcher(text);
        int first = text.length();
        while (field.find()) {
            first = Math.min(first, field.start());
            line.put(field.group(1), field.group(2) == null ? field.group(3) : field.group(2));
        }
        return line.put("message", text.substring(0, first).strip());
    }

    private static void start(Flow.Builder flow, JsonNode value) {
        Matcher duration = DURATION.matcher(Values.text(value));
        BigDecimal unit = duration.matches() ? MILLIS.get(duration.group(2)) : null;
        if (unit == null) {
            throw Values.invalid(value, "a duration such as 12ms");
        }
        if (flow.endMs() != null) {
            long lasted = new BigDecimal(duration.group(1)).multiply(unit).longValue();
            flow.startMs(flow.endMs() - Math.min(lasted, flow.endMs() - 1));
        }
    }

    private static void tunnelled(Flow.Builder flow, JsonNode value) {
        flow.encrypted(Boolean.TRUE);
        String text = Values.text(value);
        // The target of a connection to a waypoint may be a name.
        if (EnvoyFormat.isAddress(text)) {
            EnvoyFormat.address(flow.destination(), text);
        }
    }

    private static void service(Flow.Builder flow, JsonNode value) {
        String[] labels = Values.text(value).split("\\.", -1);
        flow.destination().service(labels[0]);
        if (flow.destination().namespace() == null && labels.length > 1) {
            flow.destination().namespace(labels[1]);
        }
    }

    private static void error(Flow.Builder flow, JsonNode value) {
        String error = Values.text(value);
        if (error.contains("policy") || error.contains("denied by") || error.contains("http status: 401")) {
            flow.verdict(Verdict.DROPPED);
            flow.dropReason("POLICY_DENIED");
        }
    }
}
