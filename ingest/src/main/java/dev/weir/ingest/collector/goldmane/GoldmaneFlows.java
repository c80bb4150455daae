package dev.weir.ingest.collector.goldmane;

import dev.weir.ingest.format.CalicoFormat;
import dev.weir.ingest.format.LineFlows;
import dev.weir.ingest.format.Values;
import dev.weir.ingest.proto.goldmane.Action;
import dev.weir.ingest.proto.goldmane.EndpointType;
import dev.weir.ingest.proto.goldmane.FlowKey;
import dev.weir.ingest.proto.goldmane.Reporter;
import dev.weir.model.Direction;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Flow} of a flow of Goldmane. The result is that of {@link CalicoFormat} for the same record in
 * Calico's flow log, aggregated by the prefixes of pods' names.
 */
final class GoldmaneFlows {
    private static final int MAX_PORT = 65_535;

    private GoldmaneFlows() {}

    /**
     * Returns the flow of a record.
     *
     * @throws InvalidRecordException if a field is missing or wrong; it names the field
     */
    static Flow flow(dev.weir.ingest.proto.goldmane.Flow record) {
        FlowKey key = record.getKey();
        Flow.Builder flow = Flow.builder()
                .startMs(Values.time(record.getStartTime()))
                .endMs(Values.time(record.getEndTime()))
                .protocol(Values.known(key.getProto()))
                .direction(direction(key.getReporter()))
                .verdict(verdict(key.getAction()))
                .dropReason(key.getAction() == Action.DENY ? CalicoFormat.DENIED : null)
                // The client is the source of every record, regardless of the reporting end.
                .isReply(false);
        end(
                flow.source(),
                key.getSourceType(),
                key.getSourceName(),
                key.getSourceNamespace(),
                record.getSourceLabelsList());
        end(
                flow.destination(),
                key.getDestType(),
                key.getDestName(),
                key.getDestNamespace(),
                record.getDestLabelsList());
        flow.destination().port(port(key.getDestPort())).service(Values.known(key.getDestServiceName()));
        counts(flow, record);
        return LineFlows.finish(flow, CalicoFormat.ID);
    }

    private static void end(
            Endpoint.Builder end, EndpointType type, String name, String namespace, List<String> labels) {
        end.namespace(Values.known(namespace)).labels(Values.labels(labels));
        switch (type) {
            case WORKLOAD_ENDPOINT -> {
                end.ip(CalicoFormat.UNNAMED);
                CalicoFormat.workloadEndpoint(end, null, Values.known(name));
            }
            case HOST_ENDPOINT, NETWORK_SET, NETWORK -> end.ip(CalicoFormat.UNNAMED);
            case ENDPOINT_TYPE_UNSPECIFIED, UNRECOGNIZED -> end.ip(null);
        }
    }

    /** Returns the port; null for 0, which stands for unset. */
    private static @Nullable Integer port(long port) {
        if (port > MAX_PORT) {
            throw new InvalidRecordException("dest_port", "'" + port + "' is not a port of 0.." + MAX_PORT);
        }
        return port <= 0 ? null : (Integer) (int) port;
    }

    /**
     * Sets the counts, which are those of the reporting end: the destination's node counts as in what the source sent.
     */
    private static void counts(Flow.Builder flow, dev.weir.ingest.proto.goldmane.Flow record) {
        boolean fromSource = flow.direction() == Direction.EGRESS;
        Endpoint.Builder reporting = fromSource ? flow.source() : flow.destination();
        Endpoint.Builder other = fromSource ? flow.destination() : flow.source();
        reporting.bytes(record.getBytesOut()).packets(record.getPacketsOut());
        other.bytes(record.getBytesIn()).packets(record.getPacketsIn());
    }

    private static @Nullable Direction direction(Reporter reporter) {
        return switch (reporter) {
            case SRC -> Direction.EGRESS;
            case DST, UNRECOGNIZED -> Direction.INGRESS;
            case REPORTER_UNSPECIFIED -> null;
        };
    }

    private static Verdict verdict(Action action) {
        return switch (action) {
            case ALLOW -> Verdict.FORWARDED;
            case DENY -> Verdict.DROPPED;
            case ACTION_UNSPECIFIED, PASS, UNRECOGNIZED -> Verdict.UNKNOWN;
        };
    }
}
