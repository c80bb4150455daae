package dev.weir.ingest.format;

import static dev.weir.ingest.format.Row.row;
import static dev.weir.ingest.format.Row.special;
import static dev.weir.ingest.format.Row.text;
import static dev.weir.ingest.format.Row.time;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * AWS VPC flow logs: columns in the default order, or in that of a header line. A record tells one way of a connection.
 * Where the packets' own addresses are told they are the pods'; the other two are those of the network interface.
 */
final class AwsVpcFormat implements LineFormat {
    private static final Table TABLE = Table.of(
            time("start", FlowField.START_MS),
            time("end", FlowField.END_MS),
            row("srcaddr", FlowField.SOURCE_IP),
            row("dstaddr", FlowField.DESTINATION_IP),
            text("pkt-srcaddr", FlowField.SOURCE_IP, address -> address, "instead of srcaddr"),
            text("pkt-dstaddr", FlowField.DESTINATION_IP, address -> address, "instead of dstaddr"),
            row("srcport", FlowField.SOURCE_PORT),
            row("dstport", FlowField.DESTINATION_PORT),
            row("protocol", FlowField.PROTOCOL),
            row("bytes", FlowField.SOURCE_BYTES),
            row("packets", FlowField.SOURCE_PACKETS),
            row("tcp-flags", FlowField.SOURCE_TCP_FLAGS),
            text("action", FlowField.VERDICT, AwsVpcFormat::verdict, "ACCEPT is FORWARDED, REJECT DROPPED"),
            text("flow-direction", FlowField.DIRECTION, word -> word.toUpperCase(Locale.ROOT), "in capitals"),
            row("interface-id", FlowField.REPORTER),
            special("reject-reason", "drop_reason", (draft, value) -> draft.dropReason = Values.text(value), ""));

    private static final List<String> DEFAULT = List.of(
            "version",
            "account-id",
            "interface-id",
            "srcaddr",
            "dstaddr",
            "srcport",
            "dstport",
            "protocol",
            "packets",
            "bytes",
            "start",
            "end",
            "action",
            "log-status");

    private static final Pattern SPACE = Pattern.compile(" +");
    private static final Pattern FIRST = Pattern.compile("2 \\d{12} eni-\\S+ .*", Pattern.DOTALL);
    private static final Set<String> NEEDED = Set.of("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr");

    @Override
    public String word() {
        return "aws-vpc";
    }

    @Override
    public String title() {
        return "AWS VPC flow logs, default or with a header";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        return isHeader(line) || FIRST.matcher(line).matches();
    }

    @Override
    public Reader reader() {
        return new Lines();
    }

    @Override
    public List<Column> columns() {
        return TABLE.columns();
    }

    private static boolean isHeader(String line) {
        List<String> words = List.of(SPACE.split(line.strip()));
        return words.contains("start") && words.stream().anyMatch(NEEDED::contains);
    }

    private static final class Lines implements Reader {
        private Map<String, Integer> columns = positions(DEFAULT);

        @Override
        public @Nullable Flow read(byte[] bytes) {
            String line = new String(bytes, StandardCharsets.UTF_8).strip();
            if (isHeader(line)) {
                columns = positions(List.of(SPACE.split(line)));
                return null;
            }
            String[] values = SPACE.split(line);
            if (values.length != columns.size()) {
                throw new InvalidRecordException(
                        "line",
                        "has " + values.length + " columns, not " + columns.size()
                                + "; a custom format needs its header line");
            }
            Integer status = columns.get("log-status");
            if (status != null && !values[status].equals("OK")) {
                // NODATA and SKIPDATA: an interval in which nothing was seen, or was not recorded.
                return null;
            }
            FlowDraft draft = new FlowDraft();
            TABLE.applyFlat(draft, name -> {
                Integer at = columns.get(name);
                return at == null ? null : TextNode.valueOf(values[at]);
            });
            return draft.flow("aws-vpc");
        }

        private static Map<String, Integer> positions(List<String> names) {
            Map<String, Integer> positions = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                // Athena and Parquet exports write underscores.
                positions.put(names.get(i).replace('_', '-'), i);
            }
            return positions;
        }
    }

    private static @Nullable String verdict(String action) {
        return switch (action) {
            case "ACCEPT" -> "FORWARDED";
            case "REJECT" -> "DROPPED";
            default -> null;
        };
    }
}
