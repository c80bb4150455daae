package dev.weir.ingest.collector.hubble;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.format.HubbleFormat;
import dev.weir.ingest.intake.Intake;
import dev.weir.ingest.proto.hubble.GetFlowsRequest;
import dev.weir.ingest.proto.hubble.GetFlowsResponse;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.Json;
import dev.weir.model.config.UnavailableException;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.ProtoUtils;
import java.io.File;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the flows of Hubble Relay or of one agent. When the connection ends it is made again, after a growing pause, and
 * goes on shortly before the last time that was seen; what comes once more then is left out. Flow control is by message:
 * while the intake waits, Hubble waits.
 */
public final class HubbleCollector implements Collector {
    public static final String KIND = "hubble";

    static final MethodDescriptor<GetFlowsRequest, GetFlowsResponse> GET_FLOWS =
            MethodDescriptor.<GetFlowsRequest, GetFlowsResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName("observer.Observer", "GetFlows"))
                    .setRequestMarshaller(ProtoUtils.marshaller(GetFlowsRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(GetFlowsResponse.getDefaultInstance()))
                    .build();

    private static final Logger LOG = LoggerFactory.getLogger(HubbleCollector.class);
    private static final long FIRST_PAUSE_MS = 500;
    private static final long LAST_PAUSE_MS = 30_000;
    private static final long KEEP_ALIVE_S = 30;
    private static final long TICK_MS = 200;
    private static final int LOG_EVERY = 1_000;
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

    private final HubbleConfig config;
    private final Intake intake;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final Thread thread;
    private final AtomicLong rejected = new AtomicLong();
    private final SeenLast seen = new SeenLast();
    private @Nullable ManagedChannel channel;
    private volatile @Nullable ClientCall<GetFlowsRequest, GetFlowsResponse> call;
    private volatile boolean received;
    private volatile boolean closed;

    public HubbleCollector(HubbleConfig config, Intake intake, InstantSource clock, IngestMetrics metrics) {
        this.config = config;
        this.intake = intake;
        this.clock = clock;
        this.metrics = metrics;
        this.thread = new Thread(this::follow, "weir-hubble");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void start() {
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(String.valueOf(config.server()), credentials())
                .keepAliveTime(KEEP_ALIVE_S, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(false);
        String serverName = config.serverName();
        if (serverName != null) {
            builder.overrideAuthority(serverName);
        }
        channel = builder.build();
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        ClientCall<GetFlowsRequest, GetFlowsResponse> open = call;
        if (open != null) {
            open.cancel("closing", null);
        }
        thread.interrupt();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (channel != null) {
            channel.shutdownNow();
        }
        intake.flush();
    }

    private ChannelCredentials credentials() {
        if (!config.tls()) {
            return InsecureChannelCredentials.create();
        }
        try {
            TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
            String ca = config.ca();
            if (ca != null) {
                builder.trustManager(new File(ca));
            }
            String certificate = config.certificate();
            String key = config.key();
            if (certificate != null && key != null) {
                builder.keyManager(new File(certificate), new File(key));
            }
            return builder.build();
        } catch (IOException e) {
            throw new UnavailableException("hubble: a certificate or key cannot be read: " + e.getMessage()
                    + "; ingest.hubble.ca, .certificate and .key must name PEM files");
        }
    }

    private void follow() {
        long pause = FIRST_PAUSE_MS;
        long fromMs = clock.millis() - config.since().toMillis();
        try {
            while (!closed) {
                received = false;
                Status status = once(seen.lastMs() == 0 ? fromMs : seen.lastMs());
                if (closed) {
                    return;
                }
                metrics.reconnects.labels(KIND).inc();
                pause = received ? FIRST_PAUSE_MS : Math.min(pause * 2, LAST_PAUSE_MS);
                LOG.warn(
                        "hubble: {} ended: {}; trying again in {} ms",
                        config.server(),
                        status.getDescription() == null ? status.getCode() : status.getDescription(),
                        pause);
                Thread.sleep(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2));
            }
        } catch (InterruptedException e) {
            LOG.debug("stopped");
        }
    }

    /** One call, until it ends. */
    private Status once(long sinceMs) throws InterruptedException {
        ManagedChannel open = channel;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        GetFlowsRequest request = GetFlowsRequest.newBuilder()
                .setFollow(true)
                .setSince(Timestamp.newBuilder()
                        .setSeconds(Math.floorDiv(sinceMs, 1000L))
                        .setNanos((int) Math.floorMod(sinceMs, 1000L) * 1_000_000))
                .addAllWhitelist(Filters.parse(config.allow()))
                .addAllBlacklist(Filters.parse(config.deny()))
                .build();
        seen.reconnected();
        Listener listener = new Listener();
        ClientCall<GetFlowsRequest, GetFlowsResponse> next = open.newCall(GET_FLOWS, CallOptions.DEFAULT);
        listener.call = next;
        call = next;
        next.start(listener, new Metadata());
        next.sendMessage(request);
        next.halfClose();
        next.request(1);
        while (!listener.ended.await(TICK_MS, TimeUnit.MILLISECONDS)) {
            intake.tick(clock.millis());
        }
        return listener.status;
    }

    private final class Listener extends ClientCall.Listener<GetFlowsResponse> {
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile Status status = Status.UNKNOWN;
        private volatile @Nullable ClientCall<GetFlowsRequest, GetFlowsResponse> call;

        @Override
        public void onMessage(GetFlowsResponse response) {
            received = true;
            take(response);
            ClientCall<GetFlowsRequest, GetFlowsResponse> open = call;
            if (open != null) {
                open.request(1);
            }
        }

        @Override
        public void onClose(Status how, Metadata trailers) {
            status = how;
            ended.countDown();
        }
    }

    private void take(GetFlowsResponse response) {
        if (response.hasLostEvents()) {
            metrics.hubbleLost
                    .labels(response.getLostEvents().getSource().name())
                    .inc(response.getLostEvents().getNumEventsLost());
            return;
        }
        if (response.hasNodeStatus()) {
            LOG.info("hubble: {}", response.getNodeStatus().getMessage());
            return;
        }
        try {
            JsonNode json = Json.MAPPER.readTree(PRINTER.print(response));
            Flow flow = HubbleFormat.flow(json);
            if (flow != null && !seen.isAgain(flow.startMs(), response)) {
                intake.take(flow, json.path("flow").path("traffic_direction").asText(null), clock.millis());
            }
        } catch (InvalidProtocolBufferException | JsonProcessingException | InvalidRecordException e) {
            metrics.linesRejected.labels(KIND, KIND).inc();
            if (rejected.getAndIncrement() % LOG_EVERY == 0) {
                LOG.warn("hubble: a flow is refused: {} ({} refused so far)", e.getMessage(), rejected.get());
            }
        }
    }
}
