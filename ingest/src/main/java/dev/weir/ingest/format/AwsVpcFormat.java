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
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the flow logs of AWS's VPCs and transit gateways: columns in the default order, or in that of a header line,
 * with or without the time that CloudWatch puts before an exported line. A record covers one direction of a connection.
 * The packets' own addresses, where a record has them, are those of the pods; {@code srcaddr} and {@code dstaddr} are
 * those of the network interface.
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
            row("tgw-attachment-id", FlowField.REPORTER),
            row("interface-id", FlowField.REPORTER),
            special("reject-reason", "drop_reason", (flow, value) -> flow.dropReason(Values.text(value)), ""));

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

    /** All fields of version 6 in the order of AWS's table in "Transit Gateway Flow Log records". */
    private static final List<String> TRANSIT_GATEWAY = List.of(
            "version",
            "resource-type",
            "account-id",
            "tgw-id",
            "tgw-attachment-id",
            "tgw-src-vpc-account-id",
            "tgw-dst-vpc-account-id",
            "tgw-src-vpc-id",
            "tgw-dst-vpc-id",
            "tgw-src-subnet-id",
            "tgw-dst-subnet-id",
            "tgw-src-eni",
            "tgw-dst-eni",
            "tgw-src-az-id",
            "tgw-dst-az-id",
            "tgw-pair-attachment-id",
            "srcaddr",
            "dstaddr",
            "srcport",
            "dstport",
            "protocol",
            "packets",
            "bytes",
            "start",
            "end",
            "log-status",
            "type",
            "packets-lost-no-route",
            "packets-lost-blackhole",
            "packets-lost-mtu-exceeded",
            "packets-lost-ttl-expired",
            "tcp-flags",
            "region",
            "flow-direction",
            "pkt-src-aws-service",
            "pkt-dst-aws-service");

    private static final Pattern SPACE = Pattern.compile(" +");
    private static final Pattern FIRST = Pattern.compile("2 (\\d{12}|unknown) (eni-\\S+|-) .*", Pattern.DOTALL);
    private static final Pattern FIRST_OF_GATEWAY = Pattern.compile("\\d+ TransitGateway .*", Pattern.DOTALL);
    /** The time that CloudWatch exports before each line; {@code aws logs tail} puts the stream's name after it. */
    private static final Pattern EXPORTED = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[0-9.]{0,10}(?:Z|[+-]\\d\\d:?\\d\\d)\\s+(?:(?:eni|tgw)\\S*\\s+(?=\\d+ ))?");

    private static final List<String> ADDRESSES = List.of("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr");

    @Override
    public String id() {
        return "aws-vpc";
    }

    @Override
    public String title() {
        return "AWS flow logs of VPCs and transit gateways, default or with a header";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        String record = record(line);
        return isHeader(record)
                || FIRST.matcher(record).matches()
                || FIRST_OF_GATEWAY.matcher(record).matches();
    }

    @Override
    public String example() {
        return "2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 3389 6 20 4249 1790000000 1790000060 REJECT OK";
    }

    @Override
    public Reader reader() {
        return new Lines();
    }

    @Override
    public List<Column> columns() {
        return TABLE.columns();
    }

    /** Returns the line without the time and the stream's name before it. */
    private static String record(String line) {
        Matcher exported = EXPORTED.matcher(line);
        return (exported.lookingAt() ? line.substring(exported.end()) : line).strip();
    }

    private static boolean isHeader(String record) {
        List<String> words = List.of(SPACE.split(record.replace('_', '-')));
        return words.contains("start") && words.stream().anyMatch(ADDRESSES::contains);
    }

    private static final class Lines implements Reader {
        private Map<String, Integer> columns = positions(DEFAULT);
        private boolean named;

        @Override
        public @Nullable Flow read(byte[] bytes) {
            String line = record(new String(bytes, StandardCharsets.UTF_8));
            if (isHeader(line)) {
                columns = positions(List.of(SPACE.split(line)));
                named = true;
                return null;
            }
            String[] values = SPACE.split(line);
            if (!named && FIRST_OF_GATEWAY.matcher(line).matches()) {
                columns = positions(TRANSIT_GATEWAY);
            }
            if (values.length != columns.size()) {
                throw new InvalidRecordException(
                        "line",
                        "has " + values.length + " columns, not " + columns.size()
                                + "; a custom format needs its header line");
            }
            Integer status = columns.get("log-status");
            if (status != null && !values[status].equals("OK") || isEmpty(values)) {
                // NODATA and SKIPDATA are intervals in which nothing was seen, or nothing was recorded.
                return null;
            }
            Flow.Builder flow = Flow.builder();
            TABLE.applyFlat(flow, name -> {
                Integer at = columns.get(name);
                return at == null ? null : TextNode.valueOf(values[at]);
            });
            return LineFlows.finish(flow, "aws-vpc");
        }

        /** True if the record has no address at all: NODATA or SKIPDATA in a format without a status. */
        private boolean isEmpty(String[] values) {
            return ADDRESSES.stream().map(columns::get).filter(Objects::nonNull).allMatch(at -> values[at].equals("-"));
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
