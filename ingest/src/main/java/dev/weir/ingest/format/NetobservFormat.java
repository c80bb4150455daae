package dev.weir.ingest.format;

import static dev.weir.ingest.format.Row.row;
import static dev.weir.ingest.format.Row.special;
import static dev.weir.ingest.format.Row.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weir.common.Ip;
import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of NetObserv's flowlogs-pipeline, from its standard output, its files or its Kafka topic. A record
 * covers one direction of a connection. Packets that the kernel dropped are counted separately from those it passed, so
 * a flow counts as dropped if as many were dropped as were seen.
 */
final class NetobservFormat implements LineFormat {
    private static final Table TABLE = Table.of(
            row("TimeFlowStartMs", FlowField.START_MS),
            row("TimeFlowEndMs", FlowField.END_MS),
            row("SrcAddr", FlowField.SOURCE_IP),
            row("DstAddr", FlowField.DESTINATION_IP),
            row("SrcPort", FlowField.SOURCE_PORT),
            row("DstPort", FlowField.DESTINATION_PORT),
            row("Proto", FlowField.PROTOCOL),
            row("Bytes", FlowField.SOURCE_BYTES),
            row("Packets", FlowField.SOURCE_PACKETS),
            row("Bytes_AB", FlowField.SOURCE_BYTES),
            row("Packets_AB", FlowField.SOURCE_PACKETS),
            row("Bytes_BA", FlowField.DESTINATION_BYTES),
            row("Packets_BA", FlowField.DESTINATION_PACKETS),
            row("Flags", FlowField.SOURCE_TCP_FLAGS),
            row("SrcK8S_Namespace", FlowField.SOURCE_NAMESPACE),
            row("DstK8S_Namespace", FlowField.DESTINATION_NAMESPACE),
            special("SrcK8S_Name", "source.pod, source.service or source.node", (flow, name) -> {}, "by SrcK8S_Type"),
            special(
                    "DstK8S_Name",
                    "destination.pod, destination.service or destination.node",
                    (flow, name) -> {},
                    "by DstK8S_Type"),
            row("SrcK8S_OwnerName", FlowField.SOURCE_WORKLOAD),
            row("DstK8S_OwnerName", FlowField.DESTINATION_WORKLOAD),
            row("SrcK8S_OwnerType", FlowField.SOURCE_WORKLOAD_KIND),
            row("DstK8S_OwnerType", FlowField.DESTINATION_WORKLOAD_KIND),
            row("SrcK8S_HostName", FlowField.SOURCE_NODE),
            row("DstK8S_HostName", FlowField.DESTINATION_NODE),
            row("K8S_ClusterName", FlowField.CLUSTER),
            row("AgentIP", FlowField.REPORTER),
            row("Sampling", FlowField.SAMPLING),
            special(
                    "FlowDirection",
                    "direction",
                    (flow, value) -> flow.direction(direction(Values.whole(value))),
                    "0 is INGRESS, 1 EGRESS; 2, within the node, is neither"),
            special("PktDropPackets", "verdict", NetobservFormat::verdict, "DROPPED when no fewer than Packets"),
            special(
                    "PktDropLatestDropCause",
                    "drop_reason",
                    (flow, value) -> flow.dropReason(flow.verdict() == Verdict.DROPPED ? Values.text(value) : null),
                    "when the flow was dropped"),
            special(
                    "NetworkEvents",
                    "verdict, drop_reason",
                    NetobservFormat::events,
                    "DROPPED and POLICY_DENIED when one is a drop or reject; FORWARDED when all allow"),
            special(
                    "XlatDstAddr",
                    "destination.ip",
                    (flow, value) -> {},
                    "instead of DstAddr, likewise XlatDstPort and XlatDstK8S_*; a Service that was asked for stays"),
            special("IPSecStatus", "encrypted", (flow, value) -> flow.encrypted(secured(value)), "success is true"),
            row("DnsName", FlowField.L7_DNS_QUERY),
            text("DnsFlagsResponseCode", FlowField.L7_DNS_RCODE, code -> code.toUpperCase(Locale.ROOT), "in capitals"));

    @Override
    public String id() {
        return "netobserv";
    }

    @Override
    public String title() {
        return "NetObserv's flowlogs-pipeline";
    }

    @Override
    public boolean begins(String line, JsonNode json) {
        return json.has("SrcAddr") && json.has("DstAddr");
    }

    @Override
    public String example() {
        return """
                {"SrcAddr":"10.0.0.1","DstAddr":"10.0.0.2","SrcPort":40000,"Proto":6,\
                "TimeFlowStartMs":1790000000000,"Flags":2,"Bytes":900}""";
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
     * Returns the flow of a record. Of a conversation only its last record counts, since its counters hold the whole of
     * it; earlier ones are no flows. Neither are packets that the agent has seen again on a further interface.
     */
    private static @Nullable Flow flow(JsonNode line) {
        String type = line.path("_RecordType").asText("");
        boolean again = line.hasNonNull("Duplicate") && Values.truth(line.path("Duplicate"));
        if (type.equals("newConnection") || type.equals("heartbeat") || again) {
            return null;
        }
        Flow.Builder flow = Flow.builder();
        TABLE.apply(flow, line);
        end(flow.source(), line, "SrcK8S_");
        end(flow.destination(), line, "DstK8S_");
        translated(flow.destination(), line);
        Integer icmpType = line.hasNonNull("IcmpType") ? (Integer) (int) Values.count(line.path("IcmpType")) : null;
        return LineFlows.finish(flow, "netobserv", icmpType);
    }

    /**
     * Replaces an endpoint by the one that packets went to after address translation: the pod behind a Service, or a
     * client behind its node. The source stays the one before translation.
     */
    private static void translated(Endpoint.Builder end, JsonNode line) {
        String ip = Ip.canonical(line.path("XlatDstAddr").asText(""));
        if (ip == null || Ip.isUnspecified(ip) || ip.equals(end.ip())) {
            return;
        }
        end.ip(ip);
        int port = line.hasNonNull("XlatDstPort") ? Values.port(line.path("XlatDstPort")) : 0;
        end.port(port == 0 ? end.port() : (Integer) port);
        String name = line.path("XlatDstK8S_Name").asText("");
        String kind = line.path("XlatDstK8S_Type").asText("Pod");
        String namespace = line.path("XlatDstK8S_Namespace").asText("");
        end.pod(!name.isEmpty() && kind.equals("Pod") ? name : null);
        end.node(!name.isEmpty() && kind.equals("Node") ? name : null);
        end.namespace(!namespace.isEmpty() ? namespace : end.service() == null ? null : end.namespace());
        notAWorkload(end);
    }

    private static void end(Endpoint.Builder end, JsonNode line, String prefix) {
        String name = line.path(prefix + "Name").asText("");
        // Older versions write no type. A pod has an owner or a host, so an object with either is taken for a pod.
        boolean owned = line.hasNonNull(prefix + "OwnerType") || line.hasNonNull(prefix + "HostName");
        String kind = line.path(prefix + "Type").asText(name.isEmpty() || !owned ? "" : "Pod");
        switch (kind) {
            case "Pod" -> {
                end.pod(name);
                if (end.workload() == null) {
                    end.workloadKind(null);
                }
            }
            case "Service" -> {
                end.service(name);
                notAWorkload(end);
            }
            case "Node" -> {
                end.node(name);
                notAWorkload(end);
            }
            default -> notAWorkload(end);
        }
    }

    /** Removes the workload of an endpoint that is not a pod: its owner is the object itself. */
    private static void notAWorkload(Endpoint.Builder end) {
        end.workload(null);
        end.workloadKind(null);
    }

    private static @Nullable Direction direction(long number) {
        return number == 0 ? Direction.INGRESS : number == 1 ? Direction.EGRESS : null;
    }

    private static void verdict(Flow.Builder flow, JsonNode value) {
        long dropped = Values.count(value);
        long seen = flow.source().packets() == null ? 0 : flow.source().packets();
        if (dropped > 0) {
            flow.verdict(dropped >= seen ? Verdict.DROPPED : Verdict.FORWARDED);
        }
    }

    /**
     * Sets the verdict from the events of OVN's sampled rules: objects with an action, or sentences that begin with it.
     */
    private static void events(Flow.Builder flow, JsonNode value) {
        boolean allowed = false;
        boolean denied = false;
        for (JsonNode event :
                value.isArray() ? value : JsonNodeFactory.instance.arrayNode().add(value)) {
            String action = event.path("Action").asText(event.asText("")).toLowerCase(Locale.ROOT);
            denied |= action.startsWith("drop") || action.startsWith("reject") || action.startsWith("den");
            allowed |= action.startsWith("allow");
        }
        if (denied) {
            flow.verdict(Verdict.DROPPED);
            flow.dropReason(flow.dropReason() == null ? "POLICY_DENIED" : flow.dropReason());
        } else if (allowed && flow.verdict() == Verdict.UNKNOWN) {
            flow.verdict(Verdict.FORWARDED);
        }
    }

    private static boolean secured(JsonNode value) {
        return Values.text(value).equalsIgnoreCase("success");
    }
}
