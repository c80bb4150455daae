package dev.weir.ingest.format;

import static dev.weir.ingest.format.Row.row;
import static dev.weir.ingest.format.Row.special;
import static dev.weir.ingest.format.Row.text;
import static dev.weir.ingest.format.Row.time;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Verdict;
import dev.weir.model.context.Owners;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads Calico's flow logs, JSON lines in a file. {@code in} and {@code out} are counted from the reporting end: what
 * the destination's node counts as {@code in}, the source has sent. Aggregated records have no addresses; see
 * {@link #UNNAMED}.
 */
public final class CalicoFormat implements LineFormat {
    /** The format's name. */
    public static final String ID = "calico";

    /** The address of an end that the record names, but without its address. */
    public static final String UNNAMED = "0.0.0.0";

    /** The reason for which Calico drops a flow: its records name no other. */
    public static final String DENIED = "POLICY_DENIED";

    private static final Table TABLE = Table.of(
            time("start_time", FlowField.START_MS),
            time("end_time", FlowField.END_MS),
            row("source_ip", FlowField.SOURCE_IP),
            row("dest_ip", FlowField.DESTINATION_IP),
            row("source_port", FlowField.SOURCE_PORT),
            row("dest_port", FlowField.DESTINATION_PORT),
            row("proto", FlowField.PROTOCOL),
            row("source_namespace", FlowField.SOURCE_NAMESPACE),
            row("dest_namespace", FlowField.DESTINATION_NAMESPACE),
            special("source_name", "source.pod or source.node", (flow, name) -> {}, "by source_type: wep or hep"),
            special("dest_name", "destination.pod or destination.node", (flow, name) -> {}, "by dest_type: wep or hep"),
            special(
                    "source_name_aggr",
                    "source.workload, source.workload_kind",
                    (flow, name) -> {},
                    "when source_type is wep: without -*, a ReplicaSet's hash or a Job's minute; all of it is the pod's"),
            special(
                    "dest_name_aggr",
                    "destination.workload, destination.workload_kind",
                    (flow, name) -> {},
                    "likewise when dest_type is wep"),
            row("source_labels/labels", FlowField.SOURCE_LABELS),
            row("dest_labels/labels", FlowField.DESTINATION_LABELS),
            row("dest_service_name", FlowField.DESTINATION_SERVICE),
            row("host", FlowField.REPORTER),
            special(
                    "reporter",
                    "direction",
                    (flow, value) ->
                            flow.direction(Values.text(value).equals("src") ? Direction.EGRESS : Direction.INGRESS),
                    "src is EGRESS, dst INGRESS"),
            special("bytes_in", "source.bytes", (flow, value) -> counts(flow, value, true, true), CalicoFormat.SEEN),
            special(
                    "bytes_out",
                    "destination.bytes",
                    (flow, value) -> counts(flow, value, true, false),
                    CalicoFormat.SEEN),
            special(
                    "packets_in",
                    "source.packets",
                    (flow, value) -> counts(flow, value, false, true),
                    CalicoFormat.SEEN),
            special(
                    "packets_out",
                    "destination.packets",
                    (flow, value) -> counts(flow, value, false, false),
                    CalicoFormat.SEEN),
            text("action", FlowField.VERDICT, CalicoFormat::verdict, "allow is FORWARDED, deny DROPPED"),
            special(
                    "action",
                    "drop_reason",
                    (flow, value) -> flow.dropReason(flow.verdict() == Verdict.DROPPED ? DENIED : null),
                    "POLICY_DENIED when it is deny"));

    private static final String SEEN = "the other way round when reporter is src";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String title() {
        return "Calico flow logs";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        return json.has("source_name_aggr") || json.has("source_type") && json.has("dest_type");
    }

    @Override
    public String example() {
        return """
                {"start_time":1790000000,"source_ip":"10.0.0.1","dest_ip":"10.0.0.2","proto":"tcp",\
                "source_type":"wep","dest_type":"wep","source_name_aggr":"web-*","reporter":"src","bytes_in":900,\
                "action":"deny"}""";
    }

    @Override
    public Reader reader() {
        return line -> flow(LineFormats.tree(line));
    }

    @Override
    public List<Column> columns() {
        return TABLE.columns();
    }

    /**
     * Returns the flow of one record.
     *
     * @throws InvalidRecordException if a field is missing or wrong; it names the field
     */
    public static Flow flow(JsonNode line) {
        Flow.Builder flow = Flow.builder();
        // A Calico record has the client as its source, regardless of the reporting end.
        flow.isReply(false);
        TABLE.apply(flow, line);
        end(flow.source(), line, "source");
        end(flow.destination(), line, "dest");
        return LineFlows.finish(flow, ID);
    }

    private static void end(Endpoint.Builder end, JsonNode line, String side) {
        String type = line.path(side + "_type").asText("");
        String name = Values.known(line.path(side + "_name").asText(""));
        if (type.equals("wep")) {
            workloadEndpoint(
                    end, name, Values.known(line.path(side + "_name_aggr").asText("")));
        } else if (type.equals("hep")) {
            end.node("*".equals(name) ? null : name);
        }
        if (end.ip() == null
                && (end.pod() != null || end.workload() != null || end.node() != null || !type.isEmpty())) {
            end.ip(UNNAMED);
        }
    }

    /**
     * Names an end that is a workload endpoint: its pod, and the workload of pods whose names begin alike. The labels
     * are set before, since they may name the workload as well.
     *
     * @param name name of the pod, with a star at its end where it stands for several; null if it is absent
     * @param aggregated the name for all pods of the workload, likewise; null if it is absent
     */
    public static void workloadEndpoint(Endpoint.Builder end, @Nullable String name, @Nullable String aggregated) {
        String prefix = aggregated == null ? name : aggregated;
        String pod = name == null ? aggregated : name;
        end.pod(pod == null || pod.endsWith("*") ? null : pod);
        if (prefix != null && prefix.endsWith("*") && prefix.length() > 1) {
            Owners.Owner owner = Owners.ofGenerateName(prefix.substring(0, prefix.length() - 1), end.labels());
            end.workload(owner.name());
            end.workloadKind(owner.kind());
        }
    }

    /** {@code in} holds what the source has sent, as the destination's node sees it. */
    private static void counts(Flow.Builder flow, JsonNode value, boolean bytes, boolean in) {
        long count = Values.count(value);
        boolean fromSource = in == (flow.direction() != Direction.EGRESS);
        Endpoint.Builder end = fromSource ? flow.source() : flow.destination();
        if (bytes) {
            end.bytes(count);
        } else {
            end.packets(count);
        }
    }

    private static @Nullable String verdict(String action) {
        return switch (action.toLowerCase(Locale.ROOT)) {
            case "allow" -> "FORWARDED";
            case "deny" -> "DROPPED";
            default -> null;
        };
    }
}
