package dev.weir.ingest.orientation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeduplicatorTest {
    private final CollectorRegistry registry = new CollectorRegistry();
    private final Deduplicator deduplicator =
            new Deduplicator(Duration.ofSeconds(60), 1_000, new IngestMetrics(registry), new Random(1));

    @Test
    void firstReporterStaysAuthoritative() {
        assertThat(duplicate("n1", 0)).isFalse();
        assertThat(duplicate("n2", 1)).isTrue();
        assertThat(duplicate("n1", 30_000)).isFalse();
        assertThat(duplicate("n2", 60_001)).isTrue();
        assertThat(registry.getSampleValue(
                        "weir_ingest_flows_duplicate_total", new String[] {"by"}, new String[] {"reporter"}))
                .isEqualTo(2);
    }

    @Test
    void silentReporterIsReplaced() {
        assertThat(duplicate("n1", 0)).isFalse();
        assertThat(duplicate("n2", 60_000)).isFalse();
        assertThat(duplicate("n1", 60_001)).isTrue();
    }

    @Test
    void reporterCountsAtOnePoint() {
        Flow flow = flow("n1", Verdict.FORWARDED, null, false);
        assertThat(deduplicator.isDuplicate(flow, "eth0", 0)).isFalse();
        assertThat(deduplicator.isDuplicate(flow, "veth1", 0)).isTrue();
        assertThat(deduplicator.isDuplicate(flow, "eth0", 1)).isFalse();
    }

    @Test
    void pointsThatDifferInOneDigitAreTwo() {
        Flow flow = flow("n1", Verdict.FORWARDED, null, false);
        assertThat(deduplicator.isDuplicate(flow, "1>2 0", 0)).isFalse();
        for (int digit = 1; digit < 10; digit++) {
            assertThat(deduplicator.isDuplicate(flow, "1>2 " + digit, 0)).isTrue();
        }
    }

    @Test
    void evictedReportersAreCounted() {
        for (int port = 1; port <= 60_000; port++) {
            Flow flow = Flow.builder()
                    .startMs(1L)
                    .endMs(1L)
                    .source(Endpoint.of("10.0.0.1", port).withCounters(1L, 1L, null))
                    .destination(Endpoint.of("10.0.0.2", 80))
                    .protocol("TCP")
                    .verdict(Verdict.FORWARDED)
                    .reporter("n1")
                    .build();
            assertThat(deduplicator.isDuplicate(flow, null, 0)).isFalse();
        }
        // 1,000 connections have 4,096 places.
        assertThat(registry.getSampleValue("weir_ingest_reporters_evicted_total"))
                .isBetween(60_000.0 - 4_096, 60_000.0 - 1_000);
    }

    @Test
    void bothDirectionsAndDropsAreKept() {
        Flow forward = flow("n1", Verdict.FORWARDED, null, true);
        Flow back = forward.withEndpoints(
                Endpoint.of("10.0.0.2", 80).withCounters(1L, 1L, null), Endpoint.of("10.0.0.1", 40_000));
        assertThat(deduplicator.isDuplicate(forward, null, 0)).isFalse();
        assertThat(deduplicator.isDuplicate(back, null, 0)).isFalse();
        assertThat(deduplicator.isDuplicate(flow("n2", Verdict.FORWARDED, null, true), null, 0))
                .isTrue();
        assertThat(deduplicator.isDuplicate(flow("n2", Verdict.DROPPED, null, true), null, 0))
                .isFalse();
    }

    @Test
    void halvesAndWholeAreTheSameConnection() {
        Flow forward = flow("r1", Verdict.FORWARDED, null, true);
        Flow back = forward.withEndpoints(
                Endpoint.of("10.0.0.2", 80).withCounters(1L, 1L, null), Endpoint.of("10.0.0.1", 40_000));
        Flow whole = flow("r2", Verdict.FORWARDED, null, false);
        assertThat(deduplicator.isDuplicate(forward, null, 0)).isFalse();
        assertThat(deduplicator.isDuplicate(back, null, 0)).isFalse();
        assertThat(deduplicator.isDuplicate(whole, null, 0)).isTrue();
        assertThat(deduplicator.isDuplicate(forward, null, 1)).isFalse();
    }

    @Test
    void eachDirectionMayHaveItsOwnReporter() {
        Flow forward = flow("r1", Verdict.FORWARDED, null, true);
        Flow back = flow("r2", Verdict.FORWARDED, null, true)
                .withEndpoints(Endpoint.of("10.0.0.2", 80).withCounters(1L, 1L, null), Endpoint.of("10.0.0.1", 40_000));
        for (int i = 0; i < 3; i++) {
            assertThat(deduplicator.isDuplicate(forward, null, i)).isFalse();
            assertThat(deduplicator.isDuplicate(back, null, i)).isFalse();
        }
        assertThat(deduplicator.isDuplicate(flow("r3", Verdict.FORWARDED, null, false), null, 4))
                .isTrue();
    }

    @Test
    void unsampledReporterReplacesSampledOne() {
        assertThat(deduplicator.isDuplicate(flow("r1", Verdict.UNKNOWN, 1000, false), null, 0))
                .isFalse();
        assertThat(deduplicator.isDuplicate(flow("n1", Verdict.UNKNOWN, null, false), null, 0))
                .isFalse();
        assertThat(deduplicator.isDuplicate(flow("r1", Verdict.UNKNOWN, 1000, false), null, 0))
                .isTrue();
    }

    @Test
    void memoryIsBoundedByTheCapacity() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(deduplicator.isDuplicate(of("n1", i), null, i)).isFalse();
        }
        int known = 0;
        for (int i = 0; i < 1_000; i++) {
            known += deduplicator.isDuplicate(of("n2", i), null, 1_000) ? 1 : 0;
        }
        assertThat(known).isBetween(950, 1_000);
        for (int i = 1_000; i < 100_000; i++) {
            assertThat(deduplicator.isDuplicate(of("n1", i), null, 2_000)).isFalse();
        }
        known = 0;
        for (int i = 0; i < 1_000; i++) {
            known += deduplicator.isDuplicate(of("n2", i), null, 2_000) ? 1 : 0;
        }
        assertThat(known).as("others have taken their places").isLessThan(50);
    }

    private static Flow of(String reporter, int connection) {
        Flow flow = flow(reporter, Verdict.FORWARDED, null, false);
        Endpoint client = Endpoint.of(
                        "10.1." + connection / 250 % 250 + "." + connection % 250, 1 + connection / 62_500)
                .withCounters(1L, 1L, null);
        return flow.withEndpoints(client, flow.destination());
    }

    private boolean duplicate(String reporter, long nowMs) {
        return deduplicator.isDuplicate(flow(reporter, Verdict.FORWARDED, null, false), null, nowMs);
    }

    private static Flow flow(String reporter, Verdict verdict, @Nullable Integer sampling, boolean half) {
        Endpoint destination = Endpoint.of("10.0.0.2", 80);
        return Flow.builder()
                .startMs(1L)
                .endMs(1L)
                .source(Endpoint.of("10.0.0.1", 40_000).withCounters(1L, 1L, null))
                .destination(half ? destination : destination.withCounters(1L, 1L, null))
                .protocol("TCP")
                .verdict(verdict)
                .reporter(reporter)
                .sampling(sampling)
                .build();
    }
}
