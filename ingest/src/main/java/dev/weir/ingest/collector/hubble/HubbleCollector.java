package dev.weir.ingest.collector.hubble;

import com.google.protobuf.Timestamp;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.RecordCounts;
import dev.weir.ingest.proto.hubble.GetFlowsRequest;
import dev.weir.ingest.proto.hubble.GetFlowsResponse;
import dev.weir.ingest.stream.ReplayFilter;
import dev.weir.ingest.stream.StreamFollower;
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
public final class HubbleCollector implements Collector, StreamFollower.Stream<GetFlowsRequest, GetFlowsResponse> {
    public static final String KIND = "hubble";

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
    private final FlowPipeline pipeline;
    private final IngestMetrics metrics;
    private final RecordCounts counts;
    private final ReplayFilter seen = new ReplayFilter(OVERLAP);
    private final StreamFollower<GetFlowsRequest, GetFlowsResponse> follower;
    private final long firstMs;

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
        this.config = config;
        this.pipeline = pipeline;
        this.metrics = metrics;
        this.counts = new RecordCounts(KIND, metrics, LOG);
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
    public MethodDescriptor<GetFlowsRequest, GetFlowsResponse> method() {
        return GET_FLOWS;
    }

    @Override
    public GetFlowsRequest request(@Nullable Long sinceMs) {
        long fromMs = sinceMs == null ? firstMs : sinceMs;
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
    public void tick() {
        pipeline.tick();
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
        } else if (!seen.isAgain(flow.startMs(), response.hashCode())) {
            loss.add(1, 0);
            pipeline.accept(flow.withLost(loss.percent()), HubbleFlows.point(response));
        }
    }
}
