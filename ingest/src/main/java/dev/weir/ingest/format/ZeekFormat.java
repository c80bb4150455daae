package dev.weir.ingest.format;

import static dev.weir.ingest.format.Row.row;
import static dev.weir.ingest.format.Row.special;
import static dev.weir.ingest.format.Row.text;
import static dev.weir.ingest.format.Row.time;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.TcpFlags;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads Zeek's conn.log and dns.log, as JSON or as columns with a header. Zeek's originator is the side that opened the
 * connection, so its records need no turning. Bytes are those of the IP packets where Zeek counted them, as flow
 * exporters count, else those of the payload.
 */
final class ZeekFormat implements LineFormat {
    private static final Table CONN = Table.of(
            time("ts", FlowField.START_MS),
            special("duration", "end_ms", ZeekFormat::end, "seconds after ts"),
            row("id.orig_h", FlowField.SOURCE_IP),
            row("id.orig_p", FlowField.SOURCE_PORT),
            row("id.resp_h", FlowField.DESTINATION_IP),
            row("id.resp_p", FlowField.DESTINATION_PORT),
            text("proto", FlowField.PROTOCOL, ZeekFormat::protocol, "in capitals; unknown_transport by ip_proto"),
            special("ip_proto", "protocol", ZeekFormat::number, "when proto is none"),
            row("orig_bytes", FlowField.SOURCE_BYTES),
            row("resp_bytes", FlowField.DESTINATION_BYTES),
            text("orig_ip_bytes", FlowField.SOURCE_BYTES, bytes -> bytes, "instead of orig_bytes"),
            text("resp_ip_bytes", FlowField.DESTINATION_BYTES, bytes -> bytes, "instead of resp_bytes"),
            row("orig_pkts", FlowField.SOURCE_PACKETS),
            row("resp_pkts", FlowField.DESTINATION_PACKETS),
            special(
                    "history",
                    "source.tcp_flags, destination.tcp_flags",
                    ZeekFormat::history,
                    "capitals are the originator's: S is SYN, H SYN and ACK, A and D ACK, F FIN, R RST"));

    private static final Table DNS = Table.of(
            time("ts", FlowField.START_MS),
            special("rtt", "end_ms", ZeekFormat::end, "seconds after ts"),
            row("id.orig_h", FlowField.SOURCE_IP),
            row("id.orig_p", FlowField.SOURCE_PORT),
            row("id.resp_h", FlowField.DESTINATION_IP),
            row("id.resp_p", FlowField.DESTINATION_PORT),
            text("proto", FlowField.PROTOCOL, ZeekFormat::protocol, "in capitals"),
            row("query", FlowField.L7_DNS_QUERY),
            row("qtype_name", FlowField.L7_DNS_TYPE),
            row("rcode_name", FlowField.L7_DNS_RCODE),
            row("answers", FlowField.L7_DNS_ANSWERS));

    private static final Pattern ESCAPES = Pattern.compile("(?:\\\\x[0-9a-fA-F]{2})+");

    @Override
    public String id() {
        return "zeek";
    }

    @Override
    public String title() {
        return "Zeek's conn.log and dns.log, JSON or columns";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        return line.startsWith("#separator") || field(json, "id.orig_h") != null;
    }

    @Override
    public String example() {
        return """
                #separator \\x09
                #fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\thistory
                1790000000.486539\t10.0.0.1\t40000\t10.0.0.2\t53\ttcp\tShADadFf""";
    }

    @Override
    public Reader reader() {
        return new Lines();
    }

    @Override
    public List<Column> columns() {
        return Stream.concat(CONN.columns().stream(), DNS.columns().stream())
                .distinct()
                .toList();
    }

    /** Returns a field of a record as JSON, in which log shippers replace dots by underscores or objects. */
    private static @Nullable JsonNode field(JsonNode json, String name) {
        int dot = name.indexOf('.');
        if (dot < 0 || json.has(name)) {
            return json.get(name);
        }
        JsonNode underscored = json.get(name.replace('.', '_'));
        return underscored == null ? json.path(name.substring(0, dot)).get(name.substring(dot + 1)) : underscored;
    }

    private static @Nullable JsonNode unescaped(@Nullable JsonNode value) {
        if (value != null && value.isTextual()) {
            return TextNode.valueOf(unescaped(value.textValue()));
        }
        if (value == null || !value.isArray()) {
            return value;
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        value.forEach(element -> array.add(unescaped(element)));
        return array;
    }

    /**
     * Decodes {@code \xHH}, which Zeek writes for bytes that are not ASCII; several of them make a character of UTF-8.
     */
    private static String unescaped(String text) {
        return text.indexOf('\\') < 0
                ? text
                : ESCAPES.matcher(text).replaceAll(match -> {
                    byte[] bytes = HexFormat.of().parseHex(match.group().replace("\\x", ""));
                    try {
                        return Matcher.quoteReplacement(StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString());
                    } catch (CharacterCodingException e) {
                        // The bytes are no text, so they stay as Zeek wrote them.
                        return Matcher.quoteReplacement(match.group());
                    }
                });
    }

    private static final class Lines implements Reader {
        private Pattern separator = Pattern.compile("\t");
        private String setSeparator = ",";
        private String empty = "(empty)";
        private String unset = "-";
        private Map<String, Integer> columns = Map.of();
        private Map<String, String> types = Map.of();

        @Override
        public @Nullable Flow read(byte[] bytes) {
            String line = new String(bytes, StandardCharsets.UTF_8);
            if (line.endsWith("\r")) {
                line = line.substring(0, line.length() - 1);
            }
            if (line.startsWith("#")) {
                header(line);
                return null;
            }
            Flow.Builder flow = Flow.builder();
            flow.isReply(false);
            if (line.startsWith("{")) {
                JsonNode json = LineFormats.tree(bytes);
                (isDns(json.has("query"), json.has("qtype"), json.has("trans_id")) ? DNS : CONN)
                        .applyFlat(flow, name -> unescaped(field(json, name)));
            } else {
                if (columns.isEmpty()) {
                    throw new InvalidRecordException("line", "comes before a #fields line that names its columns");
                }
                String[] values = separator.split(line, -1);
                if (values.length != columns.size()) {
                    throw new InvalidRecordException(
                            "line", "has " + values.length + " columns, but #fields names " + columns.size());
                }
                (isDns(columns.containsKey("query"), columns.containsKey("qtype"), columns.containsKey("trans_id"))
                                ? DNS
                                : CONN)
                        .applyFlat(flow, name -> value(name, values));
            }
            // Zeek writes type and code of ICMP in the columns of the ports.
            return LineFlows.finish(flow, "zeek", flow.source().port());
        }

        private static boolean isDns(boolean query, boolean type, boolean transaction) {
            return query || type || transaction;
        }

        private void header(String line) {
            if (line.startsWith("#separator ")) {
                separator = Pattern.compile(unescaped(line.substring(11)), Pattern.LITERAL);
                return;
            }
            String[] parts = separator.split(line, -1);
            switch (parts[0]) {
                case "#set_separator" -> setSeparator = parts.length > 1 ? parts[1] : setSeparator;
                case "#empty_field" -> empty = parts.length > 1 ? parts[1] : empty;
                case "#unset_field" -> unset = parts.length > 1 ? parts[1] : unset;
                case "#fields" -> columns = positions(parts);
                case "#types" -> types = types(parts);
                default -> {
                    // Other header lines, for example the times at which the log was opened and closed.
                }
            }
        }

        private static Map<String, Integer> positions(String[] parts) {
            Map<String, Integer> positions = new HashMap<>();
            for (int i = 1; i < parts.length; i++) {
                // Some shippers write underscores where Zeek writes a dot.
                positions.put(parts[i].replaceFirst("^id_(?=orig_|resp_)", "id."), i - 1);
            }
            return positions;
        }

        private Map<String, String> types(String[] parts) {
            Map<String, String> named = new HashMap<>();
            columns.forEach((name, at) -> named.put(name, at + 1 < parts.length ? parts[at + 1] : "string"));
            return named;
        }

        private @Nullable JsonNode value(String name, String[] values) {
            Integer at = columns.get(name);
            if (at == null || values[at].equals(unset) || values[at].equals(empty)) {
                return null;
            }
            String type = types.getOrDefault(name, "");
            if (type.startsWith("vector") || type.startsWith("set")) {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                for (String element : values[at].split(Pattern.quote(setSeparator), -1)) {
                    array.add(unescaped(element));
                }
                return array;
            }
            return TextNode.valueOf(unescaped(values[at]));
        }
    }

    private static void end(Flow.Builder flow, JsonNode seconds) {
        if (flow.startMs() != null) {
            BigDecimal lasted = Values.decimal(seconds).max(BigDecimal.ZERO).movePointRight(3);
            flow.endMs(flow.startMs() + Math.min(lasted.longValue(), Flow.MAX_MS));
        }
    }

    private static @Nullable String protocol(String word) {
        String upper = word.toUpperCase(Locale.ROOT);
        return upper.equals("UNKNOWN_TRANSPORT") ? null : upper;
    }

    private static void number(Flow.Builder flow, JsonNode value) {
        if (flow.protocol() == null) {
            flow.protocol(Long.toString(Values.count(value)));
        }
    }

    private static void history(Flow.Builder flow, JsonNode value) {
        int source = 0;
        int destination = 0;
        String history = Values.text(value);
        for (int i = 0; i < history.length(); i++) {
            char letter = history.charAt(i);
            int bits =
                    switch (Character.toUpperCase(letter)) {
                        case 'S' -> TcpFlags.SYN;
                        case 'H' -> TcpFlags.SYN | TcpFlags.ACK;
                        case 'A', 'D' -> TcpFlags.ACK;
                        case 'F' -> TcpFlags.FIN;
                        case 'R' -> TcpFlags.RST;
                        default -> 0;
                    };
            if (Character.isUpperCase(letter)) {
                source |= bits;
            } else {
                destination |= bits;
            }
        }
        if ("TCP".equals(flow.protocol())) {
            flow.source().tcpFlags(source == 0 ? null : (Integer) source);
            flow.destination().tcpFlags(destination == 0 ? null : (Integer) destination);
        }
    }
}
