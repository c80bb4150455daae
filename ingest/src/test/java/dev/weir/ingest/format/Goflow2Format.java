package dev.weir.ingest.format;

import static dev.weir.ingest.format.Row.row;
import static dev.weir.ingest.format.Row.special;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Flow;
import java.util.List;

/** Reads the JSON that GoFlow2 writes of NetFlow, IPFIX and sFlow. A line covers one direction of a connection. */
final class Goflow2Format implements LineFormat {
    private static final long NANOS_IN_MS = 1_000_000;

    private static final Table TABLE = Table.of(
            special(
                    "time_flow_start_ns",
                    "start_ms",
                    (flow, value) -> flow.startMs(Values.count(value) / NANOS_IN_MS),
                    "nanoseconds to milliseconds"),
            special(
                    "time_flow_end_ns",
                    "end_ms",
                    (flow, value) -> flow.endMs(Values.count(value) / NANOS_IN_MS),
                    "nanoseconds to milliseconds"),
            row("src_addr", FlowField.SOURCE_IP),
            row("dst_addr", FlowField.DESTINATION_IP),
            row("src_port", FlowField.SOURCE_PORT),
            row("dst_port", FlowField.DESTINATION_PORT),
            row("proto", FlowField.PROTOCOL),
            row("bytes", FlowField.SOURCE_BYTES),
            row("packets", FlowField.SOURCE_PACKETS),
            row("tcp_flags", FlowField.SOURCE_TCP_FLAGS),
            row("sampling_rate", FlowField.SAMPLING),
            row("sampler_address", FlowField.REPORTER));

    @Override
    public String id() {
        return "goflow2";
    }

    @Override
    public String title() {
        return "GoFlow2's JSON";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        return json.has("sampler_address") && json.has("time_flow_start_ns");
    }

    @Override
    public String example() {
        return """
                {"type":"NETFLOW_V9","sampling_rate":100,"sampler_address":"10.0.0.254","bytes":1500,"packets":2,\
                "time_flow_start_ns":1790000000000000000,"time_flow_end_ns":1790000001250000000,"proto":"TCP",\
                "src_addr":"10.0.0.1","dst_addr":"10.0.0.2","src_port":40000,"dst_port":443,"tcp_flags":2}""";
    }

    @Override
    public Reader reader() {
        return line -> {
            Flow.Builder flow = Flow.builder();
            TABLE.apply(flow, LineFormats.tree(line));
            return LineFlows.finish(flow, id());
        };
    }

    @Override
    public List<Column> columns() {
        return TABLE.columns();
    }
}
