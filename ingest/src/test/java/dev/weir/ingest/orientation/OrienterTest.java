package dev.weir.ingest.orientation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrienterTest {
    private static final String CLIENT = "10.0.0.1";
    private static final String SERVER = "10.0.0.2";
    private static final int SYN_ACK = TcpFlags.SYN | TcpFlags.ACK;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final Orienter orienter = new Orienter(Duration.ofSeconds(2), 3, new IngestMetrics(registry));

    @Test
    void twoHalvesBecomeOneFlowInAnyOrder() {
        Flow request = half(100, CLIENT, 50_000, SERVER, 8080, 10L, SYN_ACK, null);
        Flow answer = half(101, SERVER, 8080, CLIENT, 50_000, 20L, SYN_ACK, null);
        for (List<Flow> order : List.of(List.of(request, answer), List.of(answer, request))) {
            List<Flow> ready = new ArrayList<>();
            order.forEach(flow -> ready.addAll(orienter.accept(flow, 0)));
            assertThat(ready).singleElement().satisfies(flow -> {
                assertThat(flow.source().ip()).isEqualTo(CLIENT);
                assertThat(flow.source().bytes()).isEqualTo(10);
                assertThat(flow.destination().bytes()).isEqualTo(20);
                assertThat(flow.startMs()).isEqualTo(100);
                assertThat(flow.endMs()).isEqualTo(101);
            });
        }
        assertThat(registry.getSampleValue("weir_ingest_flows_merged_total")).isEqualTo(2);
    }

    @Test
    void recordOutranksPorts() {
        Flow reply = half(5, CLIENT, 443, SERVER, 50_000, null, null, false);
        assertThat(only(reply).source().port()).isEqualTo(443);
        Flow turned = half(5, CLIENT, 50_000, SERVER, 443, null, null, true);
        assertThat(only(turned).source().ip()).isEqualTo(SERVER);
        assertThat(only(turned).isReply()).isFalse();
    }

    @Test
    void flagsOutrankPorts() {
        assertThat(only(half(5, SERVER, 443, CLIENT, 50_000, 1L, TcpFlags.SYN, null))
                        .source()
                        .ip())
                .isEqualTo(SERVER);
        Flow refusal = half(5, SERVER, 40_000, CLIENT, 50_000, 1L, TcpFlags.RST | TcpFlags.ACK, null);
        assertThat(only(refusal).source().ip()).isEqualTo(CLIENT);
    }

    @Test
    void destinationOpenedIfSourceSentNothing() {
        Flow silent = Flow.of(
                5,
                6,
                Endpoint.of(SERVER, 40_000).withCounters(0L, 0L, null),
                Endpoint.of(CLIENT, 50_000).withCounters(500L, 5L, null),
                "UDP",
                Verdict.UNKNOWN);
        assertThat(only(silent).source().ip()).isEqualTo(CLIENT);
        assertThat(only(silent).source().packets()).isEqualTo(5);
        Flow toServer = silent.withEndpoints(
                Endpoint.of(CLIENT, 50_000).withCounters(0L, 0L, null),
                Endpoint.of(SERVER, 443).withCounters(500L, 5L, null));
        assertThat(only(toServer).source().ip()).as("by its ports").isEqualTo(CLIENT);
    }

    @Test
    void portsDecideWhereFlagsDoNot() {
        assertThat(only(half(5, SERVER, 53, CLIENT, 2_000, 1L, null, null))
                        .source()
                        .ip())
                .isEqualTo(CLIENT);
        assertThat(only(half(5, SERVER, 8080, CLIENT, 50_000, 1L, null, null))
                        .source()
                        .ip())
                .isEqualTo(CLIENT);
        assertThat(only(half(5, SERVER, 8080, CLIENT, 9_000, 1L, null, null))
                        .source()
                        .ip())
                .isEqualTo(SERVER);
    }

    @Test
    void firstSeenDecidesBetweenEqualPorts() {
        Flow later = half(105, CLIENT, 500, SERVER, 500, 1L, null, null);
        Flow earlier = half(100, SERVER, 500, CLIENT, 500, 2L, null, null);
        List<Flow> ready = new ArrayList<>(orienter.accept(later, 0));
        ready.addAll(orienter.accept(earlier, 0));
        assertThat(ready).singleElement().extracting(flow -> flow.source().ip()).isEqualTo(SERVER);
    }

    @Test
    void completeAndDroppedFlowsDoNotWait() {
        Flow complete = half(5, CLIENT, 50_000, SERVER, 80, 1L, null, null)
                .withEndpoints(
                        Endpoint.of(CLIENT, 50_000), Endpoint.of(SERVER, 80).withCounters(1L, 1L, null));
        assertThat(orienter.accept(complete, 0)).containsExactly(complete);
        Flow half = half(5, CLIENT, 50_000, SERVER, 80, null, TcpFlags.SYN, null);
        Flow dropped = Flow.of(5, 5, half.source(), half.destination(), "TCP", Verdict.DROPPED);
        assertThat(orienter.accept(dropped, 0)).containsExactly(dropped);
    }

    @Test
    void halfWaitsForTheWindowAndNoLonger() {
        assertThat(orienter.accept(half(5, CLIENT, 50_000, SERVER, 80, 1L, null, null), 0))
                .isEmpty();
        assertThat(orienter.due(1_999)).isEmpty();
        assertThat(orienter.due(2_000)).hasSize(1);
        assertThat(orienter.flush()).isEmpty();
    }

    @Test
    void oldestHalfIsPassedOnBeyondTheCapacity() {
        for (int i = 0; i < 4; i++) {
            List<Flow> ready = orienter.accept(half(5, CLIENT, 50_000 + i, SERVER, 80, 1L, null, null), 0);
            assertThat(ready).hasSize(i < 3 ? 0 : 1);
        }
        assertThat(registry.getSampleValue("weir_ingest_orientation_evicted_total"))
                .isEqualTo(1);
        assertThat(registry.getSampleValue("weir_ingest_orientation_waiting")).isEqualTo(3);
    }

    private Flow only(Flow flow) {
        List<Flow> ready = new ArrayList<>(orienter.accept(flow, 0));
        ready.addAll(orienter.flush());
        assertThat(ready).hasSize(1);
        return ready.get(0);
    }

    private static Flow half(
            long ms,
            String from,
            int fromPort,
            String to,
            int toPort,
            @Nullable Long bytes,
            @Nullable Integer flags,
            @Nullable Boolean reply) {
        return Flow.builder()
                .startMs(ms)
                .endMs(ms)
                .source(Endpoint.of(from, fromPort).withCounters(bytes, bytes == null ? null : 1L, flags))
                .destination(Endpoint.of(to, toPort))
                .protocol("TCP")
                .verdict(Verdict.FORWARDED)
                .isReply(reply)
                .build();
    }
}
