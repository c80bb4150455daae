package dev.weir.ingest.collector.hubble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Timestamp;
import dev.weir.common.Certificates;
import dev.weir.common.config.ConfigException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.proto.hubble.DropReason;
import dev.weir.ingest.proto.hubble.Endpoint;
import dev.weir.ingest.proto.hubble.GetFlowsRequest;
import dev.weir.ingest.proto.hubble.GetFlowsResponse;
import dev.weir.ingest.proto.hubble.IP;
import dev.weir.ingest.proto.hubble.Layer4;
import dev.weir.ingest.proto.hubble.LostEvent;
import dev.weir.ingest.proto.hubble.LostEventSource;
import dev.weir.ingest.proto.hubble.TCP;
import dev.weir.ingest.proto.hubble.TCPFlags;
import dev.weir.ingest.proto.hubble.TrafficDirection;
import dev.weir.ingest.proto.hubble.Verdict;
import dev.weir.ingest.proto.hubble.Workload;
import dev.weir.model.Flow;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs against a server with Hubble's service. */
class HubbleCollectorTest {
    private static final long SECONDS = 1_790_000_000L;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final List<Flow> flows = new CopyOnWriteArrayList<>();
    private final List<GetFlowsRequest> requests = new CopyOnWriteArrayList<>();
    private final List<List<GetFlowsResponse>> answers = new CopyOnWriteArrayList<>();
    private Server server;

    @AfterEach
    void stop() throws InterruptedException {
        if (server != null) {
            server.shutdownNow();
            server.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void flowsHaveAllFieldsThatHubbleSends() throws IOException {
        answers.add(List.of(denied(0), lost(7)));
        serve(InsecureServerCredentials.create());
        HubbleConfig config = new HubbleConfig(
                "localhost:" + server.getPort(),
                Duration.ofMinutes(5),
                null,
                null,
                null,
                null,
                null,
                List.of("from-pod=shop/,port=5432", "verdict=dropped"),
                List.of("node=n9"));
        try (HubbleCollector collector = started(config)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> lostEvents() == 7);
        }
        assertThat(flows).hasSize(1);
        Flow flow = flows.get(0);
        assertThat(flow.startMs()).isEqualTo(SECONDS * 1000);
        assertThat(flow.source().pod()).isEqualTo("web-1");
        assertThat(flow.source().workload()).isEqualTo("web");
        assertThat(flow.source().labels()).containsEntry("app", "web");
        assertThat(flow.source().bytes()).as("Hubble counts no bytes").isNull();
        assertThat(flow.source().tcpFlags()).isEqualTo(2);
        assertThat(flow.destination().port()).isEqualTo(5432);
        assertThat(flow.verdict()).isEqualTo(dev.weir.model.Verdict.DROPPED);
        assertThat(flow.dropReason()).isEqualTo("POLICY_DENIED");
        assertThat(flow.isReply()).isFalse();
        assertThat(flow.reporter()).isEqualTo("c1/n1");
        GetFlowsRequest request = requests.get(0);
        assertThat(request.getFollow()).isTrue();
        assertThat(request.getWhitelistList()).hasSize(2);
        assertThat(request.getWhitelist(0).getSourcePodList()).containsExactly("shop/");
        assertThat(request.getWhitelist(1).getVerdictList()).containsExactly(Verdict.DROPPED);
        assertThat(request.getBlacklist(0).getNodeNameList()).containsExactly("n9");
        assertThat(request.getSince().getSeconds()).isLessThan(System.currentTimeMillis() / 1000 - 290);
    }

    @Test
    void endedStreamIsResumedWithoutDuplicates() throws IOException {
        answers.add(List.of(denied(0), denied(1)));
        answers.add(List.of(denied(1), denied(2)));
        serve(InsecureServerCredentials.create());
        try (HubbleCollector collector = started(HubbleConfig.of("localhost:" + server.getPort()))) {
            await().atMost(Duration.ofSeconds(60)).until(() -> flows.size() >= 3);
        }
        assertThat(flows).extracting(Flow::startMs).containsExactly(ms(0), ms(1), ms(2));
        assertThat(requests.get(1).getSince().getSeconds()).isEqualTo(SECONDS + 1 - 2);
    }

    @Test
    void mutualTlsConnectsWithCertificates(@TempDir Path folder) throws Exception {
        Certificates certificates = Certificates.in(folder);
        answers.add(List.of(denied(0)));
        serve(TlsServerCredentials.newBuilder()
                .keyManager(
                        certificates.certificate().toFile(), certificates.key().toFile())
                .trustManager(certificates.certificate().toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build());
        String pem = certificates.certificate().toString();
        HubbleConfig mutual = new HubbleConfig(
                "localhost:" + server.getPort(),
                null,
                null,
                pem,
                pem,
                certificates.key().toString(),
                null,
                null,
                null);
        try (HubbleCollector collector = started(mutual)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> !flows.isEmpty());
        }
        HubbleConfig anonymous =
                new HubbleConfig("localhost:" + server.getPort(), null, null, pem, null, null, null, null, null);
        int before = requests.size();
        try (HubbleCollector collector = started(anonymous)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> reconnects() >= 2);
        }
        assertThat(requests).hasSize(before);
    }

    @Test
    void unknownFilterIsRefused() {
        assertThatThrownBy(() ->
                        new HubbleConfig("h:1", null, null, null, null, null, null, List.of("pod=shop/web"), null))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("filter 'pod=shop/web': 'pod' is none of from-ip");
    }

    private HubbleCollector started(HubbleConfig config) {
        FlowPipeline pipeline = new FlowPipeline(
                "hubble",
                FlowStages.NONE,
                FlowClock.arrival(InstantSource.system()),
                (collector, flow) -> flows.add(flow),
                metrics);
        HubbleCollector collector = new HubbleCollector(
                config, Objects.requireNonNull(config.streamServer()), pipeline, InstantSource.system(), metrics);
        collector.start();
        return collector;
    }

    /** Answers the calls one after the other; all but the last end with an error. */
    private void serve(ServerCredentials credentials) throws IOException {
        ServerCallHandler<GetFlowsRequest, GetFlowsResponse> handler = (call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(GetFlowsRequest request) {
                    int turn = requests.size();
                    requests.add(request);
                    call.sendHeaders(new Metadata());
                    if (turn < answers.size()) {
                        answers.get(turn).forEach(call::sendMessage);
                    }
                    if (turn + 1 < answers.size()) {
                        call.close(Status.UNAVAILABLE.withDescription("the relay restarts"), new Metadata());
                    }
                }
            };
        };
        server = Grpc.newServerBuilderForPort(0, credentials)
                .addService(ServerServiceDefinition.builder("observer.Observer")
                        .addMethod(HubbleCollector.GET_FLOWS, handler)
                        .build())
                .build()
                .start();
    }

    private double lostEvents() {
        Double value = registry.getSampleValue(
                "weir_ingest_hubble_lost_events_total", new String[] {"source"}, new String[] {"HUBBLE_RING_BUFFER"});
        return value == null ? 0 : value;
    }

    private double reconnects() {
        Double value = registry.getSampleValue(
                "weir_ingest_reconnects_total", new String[] {"collector"}, new String[] {"hubble"});
        return value == null ? 0 : value;
    }

    private static long ms(int second) {
        return (SECONDS + second) * 1000;
    }

    private static GetFlowsResponse lost(int events) {
        return GetFlowsResponse.newBuilder()
                .setLostEvents(LostEvent.newBuilder()
                        .setSource(LostEventSource.HUBBLE_RING_BUFFER)
                        .setNumEventsLost(events))
                .build();
    }

    private static GetFlowsResponse denied(int second) {
        return GetFlowsResponse.newBuilder()
                .setNodeName("c1/n1")
                .setFlow(dev.weir.ingest.proto.hubble.Flow.newBuilder()
                        .setTime(Timestamp.newBuilder().setSeconds(SECONDS + second))
                        .setVerdict(Verdict.DROPPED)
                        .setDropReasonDesc(DropReason.POLICY_DENIED)
                        .setTrafficDirection(TrafficDirection.EGRESS)
                        .setIsReply(BoolValue.of(false))
                        .setNodeName("c1/n1")
                        .setIP(IP.newBuilder().setSource("10.0.0.1").setDestination("10.0.0.2"))
                        .setL4(Layer4.newBuilder()
                                .setTCP(TCP.newBuilder()
                                        .setSourcePort(40_000)
                                        .setDestinationPort(5432)
                                        .setFlags(TCPFlags.newBuilder().setSYN(true))))
                        .setSource(Endpoint.newBuilder()
                                .setNamespace("shop")
                                .setPodName("web-1")
                                .addLabels("k8s:app=web")
                                .addWorkloads(
                                        Workload.newBuilder().setName("web").setKind("Deployment")))
                        .setDestination(Endpoint.newBuilder().setIdentity(2)))
                .build();
    }
}
