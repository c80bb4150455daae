package dev.weir.ingest.collector.hubble;

import com.google.protobuf.Timestamp;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.collector.CollectorSetup;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.collector.StreamCollector;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.RecordCounts;
import dev.weir.ingest.proto.hubble.GetFlowsRequest;
import dev.weir.ingest.proto.hubble.GetFlowsResponse;
import dev.weir.ingest.stream.StreamServer;
import dev.weir.model.Flow;
import dev.weir.model.LossShare;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the flows of Hubble Relay or of one agent. Flows that are sent again after an interruption are dropped. */
public final class HubbleCollector extends StreamCollector<GetFlowsRequest, GetFlowsResponse> {
    public static final String KIND = "hubble";

    public static final CollectorType<HubbleConfig> TYPE = CollectorType.of(
            KIND,
            "Hubble Relay or a Cilium agent, by gRPC. Hubble's exported lines are read by logs.",
            HubbleConfig.class,
            HubbleCollector::of,
            (checks, config) -> checks.stream(KIND, config.streamServer()));

    static final MethodDescriptor<GetFlowsRequest, GetFlowsResponse> GET_FLOWS =
            MethodDescriptor.<GetFlowsRequest, GetFlowsResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName("observer.Observer", "GetFlows"))
                    .setRequestMarshaller(ProtoUtils.marshaller(GetFlowsRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(GetFlowsResponse.getDefaultInstance()))
                    .build();

    private static final Logger LOG = LoggerFactory.getLogger(HubbleCollector.class);
    /** The time by which nodes behind a relay may be out of step. */
    private static final Duration OVERLAP = Duration.ofSeconds(2);

    private final LossShare loss = new LossShare();
    private final HubbleConfig config;
    private final IngestMetrics metrics;
    private final RecordCounts counts;

    /**
     * Creates the collector; it connects in {@link #start()}.
     *
     * @param server address of Hubble and the TLS settings, from the configuration
     */
    public HubbleCollector(
            HubbleConfig config,
            StreamServer server,
            FlowPipeline pipeline,
            InstantSource clock,
            IngestMetrics metrics) {
        super(KIND, server, clock.millis() - config.since().toMillis(), OVERLAP, pipeline, metrics);
        this.config = config;
        this.metrics = metrics;
        this.counts = new RecordCounts(KIND, metrics, LOG);
    }

    private static @Nullable Collector of(CollectorSetup setup, HubbleConfig config) {
        StreamServer server = config.streamServer();
        return server == null
                ? null
                : new HubbleCollector(config, server, setup.waiting(KIND), setup.clock(), setup.metrics());
    }

    @Override
    public MethodDescriptor<GetFlowsRequest, GetFlowsResponse> method() {
        return GET_FLOWS;
    }

    @Override
    public GetFlowsRequest request(long fromMs) {
        return GetFlowsRequest.newBuilder()
                .setFollow(true)
                .setSince(Timestamp.newBuilder()
                        .setSeconds(Math.floorDiv(fromMs, 1000L))
                        .setNanos((int) Math.floorMod(fromMs, 1000L) * 1_000_000))
                .addAllWhitelist(FilterParser.parse(config.allow()))
                .addAllBlacklist(FilterParser.parse(config.deny()))
                .build();
    }

    @Override
    public void take(GetFlowsResponse response) {
        if (response.hasLostEvents()) {
            metrics.hubbleLost
                    .labels(response.getLostEvents().getSource().name())
                    .inc(response.getLostEvents().getNumEventsLost());
            loss.add(0, response.getLostEvents().getNumEventsLost());
            return;
        }
        if (response.hasNodeStatus()) {
            LOG.info("hubble: {}", response.getNodeStatus().getMessage());
            return;
        }
        Flow flow = HubbleFlows.flow(response);
        if (flow == null) {
            counts.skipped(KIND);
        } else if (!isAgain(flow.startMs(), response.hashCode())) {
            loss.add(1, 0);
            accept(flow.withLost(loss.percent()), HubbleFlows.point(response));
        }
    }
}
