package dev.weir.ingest.collector.goldmane;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.format.CalicoFormat;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.proto.goldmane.Action;
import dev.weir.ingest.proto.goldmane.EndpointType;
import dev.weir.ingest.proto.goldmane.Flow;
import dev.weir.ingest.proto.goldmane.FlowKey;
import dev.weir.ingest.proto.goldmane.FlowResult;
import dev.weir.ingest.proto.goldmane.FlowStreamRequest;
import dev.weir.ingest.proto.goldmane.Reporter;
import dev.weir.ingest.stream.ReplayFilter;
import dev.weir.ingest.stream.StreamFollower;
import dev.weir.ingest.stream.StreamServer;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Follows the flows of Calico's Goldmane. They are the records of Calico's flow logs, added up over all connections of
 * an edge in fifteen seconds: they name workloads, but no addresses and no client ports.
 */
public final class GoldmaneCollector implements Collector, StreamFollower.Stream<FlowStreamRequest, FlowResult> {
    public static final String KIND = "goldmane";

    static final MethodDescriptor<FlowStreamRequest, FlowResult> STREAM =
            MethodDescriptor.<FlowStreamRequest, FlowResult>newBuilder()
                    .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName("goldmane.Flows", "Stream"))
                    .setRequestMarshaller(ProtoUtils.marshaller(FlowStreamRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(FlowResult.getDefaultInstance()))
                    .build();

    private static final long INTERVAL_S = 15;
    /** The delay with which nodes send the flows of an interval that has ended. */
    private static final Duration OVERLAP = Duration.ofSeconds(4 * INTERVAL_S);

    private final FlowPipeline pipeline;
    private final ReplayFilter seen = new ReplayFilter(OVERLAP);
    private final StreamFollower<FlowStreamRequest, FlowResult> follower;
    private final long firstMs;

    /**
     * Creates the collector; it connects in {@link #start()}.
     *
     * @param server address of Goldmane and the TLS settings, from the configuration
     */
    public GoldmaneCollector(
            GoldmaneConfig config,
            StreamServer server,
            FlowPipeline pipeline,
            InstantSource clock,
            IngestMetrics metrics) {
        this.pipeline = pipeline;
        this.firstMs = clock.millis() - config.since().toMillis();
        this.follower = new StreamFollower<>(this, server, seen, metrics);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void start() {
        follower.start();
    }

    @Override
    public void close() {
        follower.close();
        pipeline.flush();
    }

    @Override
    public MethodDescriptor<FlowStreamRequest, FlowResult> method() {
        return STREAM;
    }

    @Override
    public FlowStreamRequest request(@Nullable Long sinceMs) {
        return FlowStreamRequest.newBuilder()
                .setStartTimeGte((sinceMs == null ? firstMs : sinceMs) / 1000)
                .setAggregationInterval(INTERVAL_S)
                .build();
    }

    @Override
    public void tick() {
        pipeline.tick();
    }

    @Override
    public void take(FlowResult result) {
        Flow flow = result.getFlow();
        if (!seen.isAgain(flow.getStartTime() * 1000, flow.hashCode())) {
            pipeline.accept(
                    CalicoFormat.flow(record(flow)), flow.getKey().getReporter().name());
        }
    }

    /** Returns the record as Calico's log would have it. */
    private static ObjectNode record(Flow flow) {
        FlowKey key = flow.getKey();
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("start_time", flow.getStartTime()).put("end_time", flow.getEndTime());
        record.put("source_name_aggr", key.getSourceName()).put("source_namespace", key.getSourceNamespace());
        record.put("source_type", type(key.getSourceType()));
        record.put("dest_name_aggr", key.getDestName()).put("dest_namespace", key.getDestNamespace());
        record.put("dest_type", type(key.getDestType()));
        if (key.getDestPort() > 0) {
            record.put("dest_port", key.getDestPort());
        }
        record.put("dest_service_name", key.getDestServiceName());
        record.put("proto", key.getProto());
        if (key.getReporter() != Reporter.REPORTER_UNSPECIFIED) {
            record.put("reporter", word(key.getReporter()));
        }
        if (key.getAction() == Action.ALLOW || key.getAction() == Action.DENY) {
            record.put("action", word(key.getAction()));
        }
        labels(record.putObject("source_labels").putArray("labels"), flow.getSourceLabelsList());
        labels(record.putObject("dest_labels").putArray("labels"), flow.getDestLabelsList());
        record.put("packets_in", flow.getPacketsIn()).put("packets_out", flow.getPacketsOut());
        record.put("bytes_in", flow.getBytesIn()).put("bytes_out", flow.getBytesOut());
        return record;
    }

    private static void labels(ArrayNode array, List<String> labels) {
        labels.forEach(array::add);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String type(EndpointType type) {
        return switch (type) {
            case WORKLOAD_ENDPOINT -> "wep";
            case HOST_ENDPOINT -> "hep";
            case NETWORK_SET -> "ns";
            case NETWORK -> "net";
            default -> "";
        };
    }
}
