package dev.weir.ingest.collector.goldmane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.weir.common.Certificates;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.orientation.Deduplicator;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.proto.goldmane.Action;
import dev.weir.ingest.proto.goldmane.EndpointType;
import dev.weir.ingest.proto.goldmane.FlowKey;
import dev.weir.ingest.proto.goldmane.FlowResult;
import dev.weir.ingest.proto.goldmane.FlowStreamRequest;
import dev.weir.ingest.proto.goldmane.Reporter;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.prometheus.client.CollectorRegistry;
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

/** Runs against a server with Goldmane's service that requires a certificate, as Goldmane does. */
class GoldmaneCollectorTest {
    private static final long SECONDS = 1_790_000_000L;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final List<Flow> flows = new CopyOnWriteArrayList<>();
    private final List<FlowStreamRequest> requests = new CopyOnWriteArrayList<>();
    private final List<List<FlowResult>> answers = new CopyOnWriteArrayList<>();
    private Server server;

    @AfterEach
    void stop() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination(10, TimeUnit.SECONDS);
    }

    @Test
    void edgesAreReportedOnceWithTheirNames(@TempDir Path folder) throws Exception {
        answers.add(List.of(
                edge(0, "web-*", "db", Reporter.SRC, Action.ALLOW),
                edge(0, "web-*", "db", Reporter.DST, Action.ALLOW),
                edge(0, "api-*", "db", Reporter.SRC, Action.ALLOW),
                edge(0, "api-*", "db", Reporter.DST, Action.DENY)));
        answers.add(List.of(
                edge(0, "api-*", "db", Reporter.DST, Action.DENY),
                edge(15, "web-*", "db", Reporter.SRC, Action.ALLOW)));
        try (GoldmaneCollector collector = serveAndFollow(folder)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> flows.size() >= 4);
        }
        assertThat(flows)
                .extracting(
                        flow -> flow.startMs() / 1000 - SECONDS,
                        flow -> flow.source().workload(),
                        Flow::verdict)
                .containsExactly(
                        tuple(0L, "web", Verdict.FORWARDED),
                        tuple(0L, "api", Verdict.FORWARDED),
                        tuple(0L, "api", Verdict.DROPPED),
                        tuple(15L, "web", Verdict.FORWARDED));
        Flow flow = flows.get(0);
        assertThat(flow.endMs()).isEqualTo((SECONDS + 15) * 1000);
        assertThat(flow.source().ip()).as("Goldmane sends no addresses").isEqualTo("0.0.0.0");
        assertThat(flow.source().namespace()).isEqualTo("shop");
        assertThat(flow.source().pod()).isNull();
        assertThat(flow.source().labels()).containsEntry("app", "web-*").hasSize(1);
        assertThat(flow.source().bytes())
                .as("the source's bytes_out are its own")
                .isEqualTo(2_000);
        assertThat(flow.destination().bytes()).isEqualTo(9_000);
        assertThat(flow.destination().port()).isEqualTo(5432);
        assertThat(flow.destination().service()).isEqualTo("db");
        assertThat(flow.protocol()).isEqualTo("TCP");
        assertThat(flow.direction()).hasToString("EGRESS");
        assertThat(flows.get(2).dropReason()).isEqualTo("POLICY_DENIED");
        assertThat(requests.get(0).getAggregationInterval()).isEqualTo(15);
        assertThat(requests.get(1).getStartTimeGte()).isEqualTo(SECONDS - 60);
    }

    private GoldmaneCollector serveAndFollow(Path folder) throws Exception {
        Certificates certificates = Certificates.in(folder);
        ServerCallHandler<FlowStreamRequest, FlowResult> handler = (call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(FlowStreamRequest request) {
                    int turn = requests.size();
                    requests.add(request);
                    call.sendHeaders(new Metadata());
                    if (turn < answers.size()) {
                        answers.get(turn).forEach(call::sendMessage);
                    }
                    if (turn + 1 < answers.size()) {
                        call.close(Status.UNAVAILABLE.withDescription("Goldmane restarts"), new Metadata());
                    }
                }
            };
        };
        server = Grpc.newServerBuilderForPort(
                        0,
                        TlsServerCredentials.newBuilder()
                                .keyManager(
                                        certificates.certificate().toFile(),
                                        certificates.key().toFile())
                                .trustManager(certificates.certificate().toFile())
                                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                                .build())
                .addService(ServerServiceDefinition.builder("goldmane.Flows")
                        .addMethod(GoldmaneCollector.STREAM, handler)
                        .build())
                .build()
                .start();
        String pem = certificates.certificate().toString();
        GoldmaneConfig config = new GoldmaneConfig(
                "127.0.0.1:" + server.getPort(),
                null,
                null,
                pem,
                pem,
                certificates.key().toString(),
                "localhost");
        FlowPipeline pipeline = new FlowPipeline(
                "goldmane",
                new FlowStages(new Deduplicator(Duration.ofMinutes(5), 1_000, metrics), null, null),
                FlowClock.arrival(InstantSource.system()),
                (collector, flow) -> flows.add(flow),
                metrics);
        GoldmaneCollector collector = new GoldmaneCollector(
                config, Objects.requireNonNull(config.streamServer()), pipeline, InstantSource.system(), metrics);
        collector.start();
        return collector;
    }

    private static FlowResult edge(int second, String from, String to, Reporter reporter, Action action) {
        return FlowResult.newBuilder()
                .setId(second)
                .setFlow(dev.weir.ingest.proto.goldmane.Flow.newBuilder()
                        .setKey(FlowKey.newBuilder()
                                .setSourceName(from)
                                .setSourceNamespace("shop")
                                .setSourceType(EndpointType.WORKLOAD_ENDPOINT)
                                .setDestName(to)
                                .setDestNamespace("shop")
                                .setDestType(EndpointType.WORKLOAD_ENDPOINT)
                                .setDestPort(5432)
                                .setDestServiceName("db")
                                .setProto("tcp")
                                .setReporter(reporter)
                                .setAction(action))
                        .setStartTime(SECONDS + second)
                        .setEndTime(SECONDS + second + 15)
                        .addSourceLabels("app=" + from)
                        .setBytesIn(9_000)
                        .setBytesOut(2_000)
                        .setPacketsIn(9)
                        .setPacketsOut(8))
                .build();
    }
}
