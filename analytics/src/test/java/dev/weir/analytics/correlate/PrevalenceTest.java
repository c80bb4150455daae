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
import dev.weir.analytics.detector.newedge.NewEdge;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.analytics.operator.PrevalenceOperator;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        assertThat(weighed.confidence()).as("not below three quarters").isEqualTo(0.6);
        assertThat(weighed.severity()).isLessThan(beaconing(0).severity());
        assertThat(weighed.evidence().expected())
                .containsEntry("cluster_sources", 20.0)
                .containsEntry("cluster_sources_alike", 15.0);
        assertThat(weighed(beaconing(2 * HOUR), others(4, 20, 0)).confidence())
                .as("one of five")
                .isEqualTo(0.65);
        Finding named = beaconing(2 * HOUR).toBuilder()
                .destination(new Entity(null, null, null, null, "198.51.100.7", null, null, List.of("api.vendor.com")))
                .build();
        Stream<Baseline> users =
                Stream.iterate(0, i -> i < 20, i -> i + 1).map(i -> baseline("w" + i, "vendor.com", 0, false));
        assertThat(weighed(named, users).confidence()).as("a peer with a name").isEqualTo(0.4);
    }

    private static List<Finding> attempts(int sources, String destination) {
        List<Finding> attempts = new ArrayList<>();
        for (int i = 0; i < sources; i++) {
            Entity end = destination.startsWith("1") ? address(destination) : workload(destination);
            attempts.add(beaconing(20 * HOUR).toBuilder()
                    .source(workload("w" + i))
                    .destination(end)
                    .ports(List.of(4317))
                    .protocol("TCP")
                    .subject(destination)
                    .build());
        }
        return attempts;
    }

    private static Finding inVain(Finding finding) {
        Evidence evidence = finding.evidence();
        return finding.toBuilder()
                .evidence(new Evidence(Map.of("attempts", 60.0), Map.of(), evidence.flows(), evidence.caveats()))
                .build();
    }

    /** The confidences of findings of one slice, as they leave the operator. */
    private static List<Double> together(List<Finding> findings) throws Exception {
        try (var harness = harness()) {
            for (Baseline each : others(0, 14, 0).toList()) {
                harness.processElement2(each, each.updatedMs());
            }
            for (Finding each : findings) {
                harness.processElement1(each, each.lastSeenMs());
            }
            harness.processBothWatermarks(new Watermark(21 * HOUR));
            return harness.extractOutputValues().stream()
                    .map(Finding::confidence)
                    .toList();
        }
    }

    @Test
    void peerThatAnswersNoneOfManySourcesIsDown() throws Exception {
        assertThat(together(attempts(12, "198.51.100.7").stream()
                        .map(PrevalenceTest::inVain)
                        .toList()))
                .hasSize(12)
                .containsOnly(0.4);
        assertThat(together(attempts(1, "198.51.100.7").stream()
                        .map(PrevalenceTest::inVain)
                        .toList()))
                .as("alone, which says nothing where no use is possible")
                .containsExactly(0.8);
        assertThat(together(attempts(12, "198.51.100.7")))
                .as("an answer to each of them, as victims have")
                .containsOnly(0.8);
    }

    @Test
    void peerInsideThatManyKeepInTouchWithIsNew() throws Exception {
        assertThat(together(attempts(12, "collector"))).hasSize(12).containsOnly(0.4);
        assertThat(together(attempts(1, "collector"))).containsExactly(0.8);
    }

    @Test
    void sourcesWithPeersInsideAloneCountForDays() throws Exception {
        try (var harness = harness()) {
            for (Baseline each : others(0, 14, 0).toList()) {
                Baseline edges = new Baseline(
                        null,
                        each.workload(),
                        NewEdge.TYPE.id(),
                        BaselineState.WATCHING,
                        false,
                        0,
                        0,
                        3,
                        0.1,
                        1,
                        List.of());
                harness.processElement2(edges, 0);
            }
            harness.processBothWatermarks(new Watermark(3 * DAY));
            for (Finding each : attempts(5, "collector")) {
                Finding later = each.toBuilder()
                        .firstSeenMs(4 * DAY)
                        .lastSeenMs(4 * DAY)
                        .build();
                harness.processElement1(later, later.lastSeenMs());
            }
            harness.processBothWatermarks(new Watermark(5 * DAY));
            assertThat(harness.extractOutputValues())
                    .extracting(Finding::confidence)
                    .containsOnly(0.57);
        }
    }

    @Test
    void reportedSourcesAreNoUsersOfAPeer() throws Exception {
        try (var harness = harness()) {
            for (Baseline each : others(12, 20, 0).toList()) {
                harness.processElement2(each, each.updatedMs());
            }
            for (Finding each : attempts(12, "198.51.100.7")) {
                harness.processElement1(each, each.lastSeenMs());
            }
            Finding next = beaconing(22 * HOUR);
            harness.processElement1(next, next.lastSeenMs());
            harness.processBothWatermarks(new Watermark(23 * HOUR));
            assertThat(harness.extractOutputValues()).last().isEqualTo(next);
        }
    }

    @Test
    void baselineThatArrivesEarlyChangesNothing() throws Exception {
        Finding finding = beaconing(10 * HOUR);
        Baseline later = baseline("w3", PEER, 10 * HOUR + 1_800_000, false);
        assertThat(weighed(finding, Stream.concat(others(0, 20, 0), Stream.of(later))))
                .isEqualTo(weighed(finding, others(0, 20, 0)));
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
    void peerHasItsNameInBaselines() {
        Finding finding = beaconing(0);
        assertThat(Prevalence.peer(finding)).isEqualTo(PEER);
        assertThat(Prevalence.peer(finding.toBuilder()
                        .destination(workload("db"))
                        .ports(List.of(5432))
                        .protocol("TCP")
                        .build()))
                .isEqualTo(workload("db").key() + " TCP/5432");
        Finding weighed = PriorUse.lowered(finding, PriorUse.LEAST_SHARE, Siblings.NAME, 4, 2);
        Prevalence.Sources sources = Prevalence.Sources.none();
        for (Baseline each : others(0, 20, 0).toList()) {
            sources = sources.with(each);
        }
        assertThat(Prevalence.weighed(weighed, sources, null)).isSameAs(weighed);
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
                    .satisfies(weighed -> assertThat(weighed.confidence()).isEqualTo(0.6));
            harness.processBothWatermarks(new Watermark(62 * DAY));
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void sourcesWithoutBaselineForTwoPeriodsNoLongerCount() {
        Prevalence.Sources sources = Prevalence.Sources.none().with(baseline("old", OTHER, 0, false));
        for (int i = 0; i < 12; i++) {
            sources = sources.with(baseline("w" + i, OTHER, 31 * DAY, false));
        }
        assertThat(watched(sources, 40 * DAY)).isEqualTo(13);
        assertThat(watched(sources.with(baseline("late", OTHER, 29 * DAY, false)), 40 * DAY))
                .isEqualTo(14);
        for (int i = 0; i < 12; i++) {
            sources = sources.with(baseline("w" + i, OTHER, 62 * DAY, false));
        }
        assertThat(watched(sources, 70 * DAY)).isEqualTo(12);
        assertThat(watched(sources.with(baseline("w0", OTHER, 200 * DAY, false)), 201 * DAY))
                .as("too few, so that nothing is said")
                .isNaN();
    }

    private static double watched(Prevalence.Sources sources, long ms) {
        return Prevalence.weighed(beaconing(ms), sources, null)
                .evidence()
                .expected()
                .getOrDefault("cluster_sources", Double.NaN);
    }
}
