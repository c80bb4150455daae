package dev.weir.ingest.collector.hubble;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.proto.hubble.FlowType;
import dev.weir.ingest.proto.hubble.GetFlowsResponse;
import dev.weir.ingest.proto.hubble.IGMP;
import dev.weir.ingest.proto.hubble.IP;
import dev.weir.ingest.proto.hubble.Layer4;
import dev.weir.ingest.proto.hubble.TCP;
import dev.weir.ingest.proto.hubble.UDP;
import dev.weir.ingest.proto.hubble.VRRP;
import dev.weir.ingest.proto.hubble.Verdict;
import dev.weir.model.Flow;
import io.prometheus.client.CollectorRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sends Hubble's kinds of events by gRPC and checks which of them become flows. */
class HubbleEventsTest {
    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final List<Flow> flows = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"TRACED", "TRANSLATED"})
    void socketEventIsSkippedAndCounted(Verdict verdict) {
        take(event(tcp()).setVerdict(verdict).setType(FlowType.SOCK));
        assertThat(flows).isEmpty();
        assertThat(skipped()).isOne();
    }

    @Test
    void omittedPortIsAbsent() {
        take(event(tcp()).setVerdict(Verdict.FORWARDED));
        take(event(Layer4.newBuilder().setUDP(UDP.newBuilder().setSourcePort(53)))
                .setVerdict(Verdict.FORWARDED));
        assertThat(flows).hasSize(2);
        assertThat(flows.get(0).source().port()).isNull();
        assertThat(flows.get(0).destination().port()).isEqualTo(5432);
        assertThat(flows.get(1).destination().port()).isNull();
    }

    @Test
    void vrrpAndIgmpAreFlowsWithoutPorts() {
        take(event(Layer4.newBuilder().setVRRP(VRRP.newBuilder().setVrid(51))));
        take(event(Layer4.newBuilder().setIGMP(IGMP.newBuilder().setType(22))));
        assertThat(flows).extracting(Flow::protocol).containsExactly("112", "2");
        assertThat(flows).allSatisfy(flow -> assertThat(flow.source().port()).isNull());
    }

    @Test
    void dropWithoutLayer4IsSkippedAndCounted() {
        take(dev.weir.ingest.proto.hubble.Flow.newBuilder()
                .setTime(Timestamp.newBuilder().setSeconds(1_790_000_000L))
                .setVerdict(Verdict.DROPPED));
        assertThat(flows).isEmpty();
        assertThat(skipped()).isOne();
    }

    private void take(dev.weir.ingest.proto.hubble.Flow.Builder event) {
        HubbleConfig config = HubbleConfig.of("localhost:1");
        FlowPipeline pipeline = new FlowPipeline(
                "hubble",
                FlowStages.NONE,
                FlowClock.arrival(InstantSource.system()),
                (kind, flow) -> flows.add(flow),
                metrics);
        HubbleCollector collector = new HubbleCollector(
                config, Objects.requireNonNull(config.streamServer()), pipeline, InstantSource.system(), metrics);
        collector.take(GetFlowsResponse.newBuilder().setFlow(event).build());
    }

    private double skipped() {
        return Objects.requireNonNull(registry.getSampleValue(
                "weir_ingest_lines_skipped_total",
                new String[] {"collector", "format"},
                new String[] {"hubble", "hubble"}));
    }

    private static Layer4.Builder tcp() {
        return Layer4.newBuilder().setTCP(TCP.newBuilder().setDestinationPort(5432));
    }

    private static dev.weir.ingest.proto.hubble.Flow.Builder event(Layer4.Builder l4) {
        return dev.weir.ingest.proto.hubble.Flow.newBuilder()
                .setTime(Timestamp.newBuilder().setSeconds(1_790_000_000L))
                .setIP(IP.newBuilder().setSource("10.0.1.5").setDestination("10.0.2.9"))
                .setL4(l4);
    }
}
