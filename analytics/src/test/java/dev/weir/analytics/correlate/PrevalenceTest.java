package dev.weir.analytics.correlate;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static dev.weir.common.Millis.DAY;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.analytics.detector.beaconing.Beaconing;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.analytics.operator.PrevalenceOperator;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Severity;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class PrevalenceTest {
    private static final String PEER = "198.51.100.0/24";
    private static final String OTHER = "203.0.113.0/24";

    private static Baseline baseline(String name, String peer, long firstMs, boolean quarantined) {
        return new Baseline(
                null,
                workload(name),
                NewExternal.TYPE.id(),
                BaselineState.LEARNING,
                false,
                0,
                firstMs,
                3,
                0.1,
                1,
                List.of(new Baseline.Member(peer, firstMs, firstMs, 3, quarantined)));
    }

    private static Finding beaconing(long firstMs) {
        return Findings.of(
                        new Beaconing(DetectorsConfig.defaults().of(Beaconing.TYPE)),
                        new ActivityBuilder(firstMs, workload("web"), address("198.51.100.7"), 443)
                                .answered(1)
                                .build())
                .subject("198.51.100.7")
                .impact(Severity.HIGH)
                .confidence(0.8)
                .build();
    }

    /** The finding as it leaves the operator, after baselines. */
    private static Finding weighed(Finding finding, Stream<Baseline> baselines) throws Exception {
        try (var harness = harness()) {
            for (Baseline each : baselines.toList()) {
                harness.processElement2(each, each.updatedMs());
            }
            harness.processElement1(finding, finding.lastSeenMs());
            harness.processBothWatermarks(new Watermark(finding.lastSeenMs() + 10_000));
            return harness.extractOutputValues().get(0);
        }
    }

    private static KeyedTwoInputStreamOperatorTestHarness<String, Finding, Baseline, Finding> harness()
            throws Exception {
        return WeigherHarness.of(new PrevalenceOperator(), PrevalenceOperator::key, PrevalenceOperator::key);
    }

    private static Stream<Baseline> others(int users, int all, long firstMs) {
        return Stream.iterate(0, i -> i < all, i -> i + 1)
                .map(i -> baseline("w" + i, i < users ? PEER : OTHER, firstMs, false));
    }

    @Test
    void peerThatMuchOfTheClusterUsesIsLessSuspect() throws Exception {
        Finding weighed = weighed(beaconing(2 * HOUR), others(15, 20, 0));
        assertThat(weighed.confidence()).isEqualTo(0.4);
        assertThat(weighed.severity()).isLessThan(beaconing(0).severity());
        assertThat(weighed.evidence().expected())
                .containsEntry("cluster_sources", 20.0)
                .containsEntry("cluster_sources_alike", 15.0);
        assertThat(weighed(beaconing(2 * HOUR), others(4, 20, 0)).confidence())
                .as("one of five")
                .isEqualTo(0.65);
    }

    @Test
    void peerThatOthersBeganToUseTogetherIsNoUsualOne() throws Exception {
        Finding wave = beaconing(10 * HOUR);
        assertThat(weighed(wave, others(15, 20, 10 * HOUR - 60_000))).isEqualTo(wave);
        assertThat(weighed(
                                wave,
                                Stream.of(
                                        baseline("web", PEER, 0, false),
                                        baseline("a", PEER, 0, true),
                                        baseline("b", OTHER, 0, false)))
                        .confidence())
                .as("its own use, one in quarantine, and another peer")
                .isEqualTo(0.8);
    }

    @Test
    void fewSourcesSayNothingOfAPeer() throws Exception {
        Finding finding = beaconing(2 * HOUR);
        assertThat(weighed(finding, others(3, 4, 0))).isEqualTo(finding);
        assertThat(weighed(finding, others(0, 9, 0))).isEqualTo(finding);
    }

    @Test
    void peerThatOneSourceAloneUsesIsMoreSuspect() throws Exception {
        Finding weighed = weighed(beaconing(2 * HOUR), others(0, 20, 0));
        assertThat(weighed.confidence()).isEqualTo(0.84);
        assertThat(weighed.evidence().expected())
                .containsEntry("cluster_sources", 20.0)
                .containsEntry("cluster_sources_alike", 0.0);
    }

    @Test
    void peerInsideAndOneThatSiblingsUseConcernNoPrevalence() {
        Finding finding = beaconing(0);
        assertThat(Prevalence.peer(finding)).isEqualTo(PEER);
        assertThat(Prevalence.peer(
                        finding.toBuilder().destination(workload("db")).build()))
                .isNull();
        assertThat(Prevalence.peer(PriorUse.lowered(finding, Siblings.NAME, 4, 2)))
                .isNull();
        Finding first = Findings.of(
                        new NewExternal(NoveltyConfig.defaults(), activity -> false),
                        new ActivityBuilder(0, workload("web"), address("198.51.100.7"), 443)
                                .answered(1)
                                .build())
                .subject(PEER)
                .impact(Severity.HIGH)
                .confidence(0.6)
                .build();
        assertThat(Prevalence.peer(first)).isEqualTo(PEER);
    }

    @Test
    void prevalenceOfUnusedPeersIsForgotten() throws Exception {
        try (var harness = harness()) {
            for (Baseline each : others(15, 20, 0).toList()) {
                harness.processElement2(each, 0);
            }
            harness.processElement1(beaconing(29 * DAY), 29 * DAY);
            harness.processBothWatermarks(new Watermark(29 * DAY + 10_000));
            assertThat(harness.extractOutputValues())
                    .singleElement()
                    .satisfies(weighed -> assertThat(weighed.confidence()).isEqualTo(0.4));
            harness.processBothWatermarks(new Watermark(32 * DAY));
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void sourcesWithoutPeersForTwoPeriodsNoLongerCount() {
        Prevalence.Sources sources = Prevalence.Sources.since(0);
        sources = sources.with(baseline("old", OTHER, 0, false), 0);
        for (int i = 0; i < 12; i++) {
            sources = sources.with(baseline("w" + i, OTHER, 31 * DAY, false), 31 * DAY);
        }
        assertThat(Prevalence.weighed(beaconing(40 * DAY), sources, null)
                        .evidence()
                        .expected())
                .containsEntry("cluster_sources", 13.0);
        for (int i = 0; i < 12; i++) {
            sources = sources.with(baseline("w" + i, OTHER, 62 * DAY, false), 31 * DAY);
        }
        assertThat(Prevalence.weighed(beaconing(70 * DAY), sources, null)
                        .evidence()
                        .expected())
                .containsEntry("cluster_sources", 12.0);
    }
}
