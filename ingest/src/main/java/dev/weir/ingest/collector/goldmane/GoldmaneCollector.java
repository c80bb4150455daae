package dev.weir.ingest.collector.goldmane;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorSetup;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.collector.StreamCollector;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.proto.goldmane.Flow;
import dev.weir.ingest.proto.goldmane.FlowResult;
import dev.weir.ingest.proto.goldmane.FlowStreamRequest;
import dev.weir.ingest.stream.StreamServer;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Follows the flows of Calico's Goldmane. They are the records of Calico's flow logs, added up over all connections of
 * an edge in fifteen seconds: they name workloads, but no addresses and no client ports.
 */
public final class GoldmaneCollector extends StreamCollector<FlowStreamRequest, FlowResult> {
    public static final String KIND = "goldmane";

    public static final CollectorType<GoldmaneConfig> TYPE = CollectorType.of(
            KIND,
            "Calico's Goldmane, by gRPC. Calico's flow logs in files are read by logs.",
            GoldmaneConfig.class,
            GoldmaneCollector::of,
            (checks, config) -> checks.stream(KIND, config.streamServer()));

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
        super(KIND, server, clock.millis() - config.since().toMillis(), OVERLAP, pipeline, metrics);
    }

    private static @Nullable Collector of(CollectorSetup setup, GoldmaneConfig config) {
        StreamServer server = config.streamServer();
        return server == null
                ? null
                : new GoldmaneCollector(config, server, setup.waiting(KIND), setup.clock(), setup.metrics());
    }

    @Override
    public MethodDescriptor<FlowStreamRequest, FlowResult> method() {
        return STREAM;
    }

    @Override
    public FlowStreamRequest request(long fromMs) {
        return FlowStreamRequest.newBuilder()
                .setStartTimeGte(fromMs / 1000)
                .setAggregationInterval(INTERVAL_S)
                .build();
    }

    @Override
    public void take(FlowResult result) {
        Flow flow = result.getFlow();
        if (!isAgain(flow.getStartTime() * 1000, flow.hashCode())) {
            accept(GoldmaneFlows.flow(flow), flow.getKey().getReporter().name());
        }
    }
}
