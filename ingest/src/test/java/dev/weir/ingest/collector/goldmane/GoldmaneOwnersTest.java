package dev.weir.ingest.collector.goldmane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.proto.goldmane.EndpointType;
import dev.weir.ingest.proto.goldmane.FlowKey;
import dev.weir.ingest.proto.goldmane.FlowResult;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import io.prometheus.client.CollectorRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoldmaneOwnersTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            nullValues = "-",
            value = {
                "web-6d4b75cb6d-*, -, web, Deployment",
                "report-29539320-*, -, report, CronJob",
                "db-*, -, db, -",
                "kube-apiserver-node1, kube-apiserver-node1, -, -"
            })
    void aSourceNameLeadsToTheOutermostOwner(
            String name, @Nullable String pod, @Nullable String workload, @Nullable String kind) {
        List<Flow> flows = new ArrayList<>();
        IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());
        GoldmaneConfig config = GoldmaneConfig.of("localhost:1");
        FlowPipeline pipeline = new FlowPipeline(
                "goldmane",
                FlowStages.NONE,
                FlowClock.arrival(InstantSource.system()),
                (kindOfCollector, flow) -> flows.add(flow),
                metrics);
        new GoldmaneCollector(
                        config,
                        Objects.requireNonNull(config.streamServer()),
                        pipeline,
                        InstantSource.system(),
                        metrics)
                .take(FlowResult.newBuilder()
                        .setFlow(dev.weir.ingest.proto.goldmane.Flow.newBuilder()
                                .setKey(FlowKey.newBuilder()
                                        .setSourceName(name)
                                        .setSourceNamespace("shop")
                                        .setSourceType(EndpointType.WORKLOAD_ENDPOINT)
                                        .setDestType(EndpointType.NETWORK)
                                        .setProto("tcp"))
                                .setStartTime(1_790_000_000L)
                                .setEndTime(1_790_000_015L))
                        .build());
        Endpoint source = flows.get(0).source();
        assertThat(source.pod()).isEqualTo(pod);
        assertThat(source.workload()).isEqualTo(workload);
        assertThat(source.workloadKind()).isEqualTo(kind);
    }
}
