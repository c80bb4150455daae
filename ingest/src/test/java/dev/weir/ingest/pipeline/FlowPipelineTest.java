package dev.weir.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.orientation.Deduplicator;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowPipelineTest {
    private static final String CLIENT = "10.0.0.1";
    private static final String SERVER = "10.0.0.2";
    private static final Duration WINDOW = Duration.ofSeconds(2);

    private final IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());
    private final List<Flow> passed = new ArrayList<>();
    private long nowMs = 1_000_000;

    @Test
    void longFlowHoldsNoHalfBack() {
        FlowPipeline pipeline = pipeline(new EventClock());
        pipeline.accept(whole(1_000, "node-1").toBuilder().endMs(3_601_000L).build());
        pipeline.accept(half(2_000, CLIENT, 50_001, SERVER, 443));
        assertThat(passed).hasSize(1);
        pipeline.accept(whole(5_000, "node-2").toBuilder()
                .source(Endpoint.of(CLIENT, 50_002))
                .build());
        assertThat(passed).extracting(Flow::startMs).containsExactly(1_000L, 2_000L, 5_000L);
    }

    @Test
    void duplicateIsCountedAsReadAndDropped() {
        FlowPipeline pipeline = pipeline(FlowClock.arrival(() -> Instant.ofEpochMilli(nowMs)));
        Flow flow = whole(5, "node-1");
        pipeline.accept(flow);
        pipeline.accept(whole(6, "node-2"));
        assertThat(passed).containsExactly(flow);
        assertThat(metrics.flowsRead.labels("test").get()).isEqualTo(2);
        assertThat(metrics.flowsDuplicate.labels("reporter").get()).isEqualTo(1);
    }

    @Test
    void halvesLeaveAsOneFlow() {
        FlowPipeline pipeline = pipeline(FlowClock.arrival(() -> Instant.ofEpochMilli(nowMs)));
        pipeline.accept(half(5, SERVER, 443, CLIENT, 50_000));
        assertThat(passed).isEmpty();
        pipeline.accept(half(6, CLIENT, 50_000, SERVER, 443));
        assertThat(passed).singleElement().satisfies(flow -> {
            assertThat(flow.source().ip()).isEqualTo(CLIENT);
            assertThat(flow.destination().bytes()).isEqualTo(100);
        });
    }

    @Test
    void halfWaitsByTimeOfArrival() {
        FlowPipeline pipeline = pipeline(FlowClock.arrival(() -> Instant.ofEpochMilli(nowMs)));
        pipeline.accept(half(5, CLIENT, 50_000, SERVER, 443));
        nowMs += WINDOW.toMillis() - 1;
        pipeline.tick();
        assertThat(passed).isEmpty();
        nowMs++;
        pipeline.tick();
        assertThat(passed).hasSize(1);
    }

    @Test
    void recordedHalfWaitsByNewestEventTime() {
        FlowPipeline pipeline = pipeline(new EventClock());
        pipeline.accept(half(10_000, CLIENT, 50_000, SERVER, 443));
        pipeline.accept(half(9_000, CLIENT, 50_001, SERVER, 443));
        pipeline.accept(half(11_999, CLIENT, 50_002, SERVER, 443));
        assertThat(passed).isEmpty();
        pipeline.accept(half(12_000, CLIENT, 50_003, SERVER, 443));
        assertThat(passed).extracting(Flow::startMs).containsExactly(10_000L, 9_000L);
    }

    @Test
    void restoredHalvesWaitInPlaceOfOthers() {
        FlowPipeline pipeline = pipeline(new EventClock());
        pipeline.accept(half(10_000, CLIENT, 50_000, SERVER, 443));
        List<Flow> waiting = pipeline.waiting();
        pipeline.accept(half(10_001, CLIENT, 50_001, SERVER, 443));
        pipeline.restore(waiting);
        assertThat(pipeline.waiting()).isEqualTo(waiting);
        pipeline.flush();
        assertThat(passed).isEqualTo(waiting);
    }

    private FlowPipeline pipeline(FlowClock clock) {
        FlowStages stages = new FlowStages(
                new Deduplicator(Duration.ofMinutes(5), 100, metrics), new Orienter(WINDOW, 100, metrics), null);
        return new FlowPipeline("test", stages, clock, (collector, flow) -> passed.add(flow), metrics);
    }

    private static Flow whole(long ms, String reporter) {
        return flow(ms, Endpoint.of(CLIENT, 50_000), Endpoint.of(SERVER, 443).withCounters(100L, 1L, null)).toBuilder()
                .reporter(reporter)
                .build();
    }

    private static Flow half(long ms, String from, int fromPort, String to, int toPort) {
        return flow(ms, Endpoint.of(from, fromPort), Endpoint.of(to, toPort));
    }

    private static Flow flow(long ms, Endpoint source, Endpoint destination) {
        return Flow.of(ms, ms, source.withCounters(100L, 1L, null), destination, "TCP", Verdict.UNKNOWN);
    }
}
