package dev.weir.analytics.correlate;

import static dev.weir.analytics.Samples.address;
import static dev.weir.analytics.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.ActivityBuilder;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.analytics.detector.Findings;
import dev.weir.analytics.detector.NoveltyConfig;
import dev.weir.analytics.detector.beaconing.Beaconing;
import dev.weir.analytics.detector.newedge.NewEdge;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.analytics.operator.SiblingsOperator;
import dev.weir.model.Baseline;
import dev.weir.model.BaselineState;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.List;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class SiblingsTest {
    private static final String DB = "workload/shop/Deployment/db TCP/5432";

    private static Baseline baseline(String name, long updatedMs, boolean held) {
        return new Baseline(
                null,
                workload(name),
                NewEdge.TYPE.id(),
                BaselineState.WATCHING,
                false,
                0,
                updatedMs,
                3,
                0.1,
                1,
                List.of(new Baseline.Member(DB, 0, updatedMs, 3, held)));
    }

    private static Finding finding(long slice, String subject) {
        return Findings.of(
                        new NewEdge(NoveltyConfig.defaults(), activity -> false),
                        new ActivityBuilder(slice, workload("web"), workload("db"), 5432)
                                .answered(1)
                                .build())
                .subject(subject)
                .impact(Severity.HIGH)
                .confidence(0.8)
                .build();
    }

    private static List<Siblings.Usual> usual(Baseline... baselines) {
        return List.of(baselines).stream().map(Siblings.Usual::of).toList();
    }

    @Test
    void memberOfSiblingsLowersConfidence() {
        Finding weighed = Siblings.weighed(
                finding(0, DB), usual(baseline("a", 1, false), baseline("b", 1, false), baseline("c", 1, true)));
        assertThat(weighed.confidence()).isEqualTo(0.4);
        assertThat(weighed.severity()).isEqualTo(Severity.MEDIUM);
        assertThat(weighed.evidence().expected())
                .containsEntry("siblings", 3.0)
                .as("a quarantined member does not count")
                .containsEntry("siblings_alike", 2.0);
    }

    @Test
    void peerOutsideThatSiblingsUseIsLessSuspect() {
        Finding beaconing = Findings.of(
                        new Beaconing(DetectorsConfig.defaults().of(Beaconing.TYPE)),
                        new ActivityBuilder(0, workload("web"), address("198.51.100.7"), 443)
                                .answered(1)
                                .build())
                .subject("198.51.100.7")
                .impact(Severity.HIGH)
                .confidence(0.8)
                .build();
        assertThat(Siblings.concerns(beaconing)).isTrue();
        assertThat(Siblings.weighed(beaconing, usual(outside("a"), outside("b")))
                        .confidence())
                .isEqualTo(0.4);
        assertThat(Siblings.weighed(beaconing, usual(outside("web"), baseline("a", 1, false))))
                .as("its own use, and other baselines")
                .isSameAs(beaconing);
        Finding inside = beaconing.toBuilder().destination(workload("db")).build();
        assertThat(Siblings.concerns(inside)).isFalse();
    }

    private static Baseline outside(String name) {
        Baseline edges = baseline(name, 1, false);
        return new Baseline(
                null,
                edges.workload(),
                NewExternal.TYPE.id(),
                BaselineState.WATCHING,
                false,
                0,
                1,
                3,
                0.1,
                1,
                List.of(new Baseline.Member("198.51.100.0/24", 0, 1, 3, false)));
    }

    @Test
    void manySiblingsLeaveHalfAndLearnersDoNotCount() {
        Baseline[] many = new Baseline[9];
        for (int i = 0; i < many.length; i++) {
            many[i] = baseline("w" + i, 1, false);
        }
        assertThat(Siblings.weighed(finding(0, DB), usual(many)).confidence()).isEqualTo(0.4);
        Baseline sure = baseline("a", 1, false);
        Baseline learner = new Baseline(
                null, sure.workload(), NewEdge.TYPE.id(), BaselineState.LEARNING, false, 0, 1, 1, 3, 1, sure.members());
        Finding own = finding(0, DB);
        assertThat(Siblings.weighed(own, usual(learner))).isSameAs(own);
    }

    @Test
    void memberThatNoSiblingHasChangesNothing() {
        Finding other = finding(0, "workload/shop/Deployment/vault TCP/8200");
        assertThat(Siblings.weighed(other, usual(baseline("a", 1, false)))).isSameAs(other);
        Finding own = finding(0, DB);
        assertThat(Siblings.weighed(own, usual(baseline("web", 1, false)))).isSameAs(own);
    }

    private static KeyedTwoInputStreamOperatorTestHarness<String, Finding, Baseline, Finding> harness()
            throws Exception {
        return WeigherHarness.of(new SiblingsOperator(), SiblingsOperator::key, SiblingsOperator::key);
    }

    @Test
    void findingWaitsForTheBaselinesOfItsSlice() throws Exception {
        try (var harness = harness()) {
            harness.processElement1(finding(0, DB), 0);
            harness.processElement2(baseline("late", 20_000, false), 0);
            harness.processElement2(baseline("same", 10_000, false), 0);
            assertThat(harness.extractOutputValues()).isEmpty();
            harness.processBothWatermarks(new Watermark(19_999));
            assertThat(harness.extractOutputValues())
                    .singleElement()
                    .satisfies(weighed -> assertThat(weighed.confidence()).isEqualTo(0.4));
            harness.processElement1(finding(20_000, DB), 0);
            harness.processBothWatermarks(new Watermark(29_999));
            assertThat(harness.extractOutputValues()).last().satisfies(weighed -> assertThat(
                            weighed.evidence().expected())
                    .containsEntry("siblings_alike", 2.0));
            assertThat(harness.numKeyedStateEntries()).isPositive();
            harness.processBothWatermarks(new Watermark(Duration.ofDays(32).toMillis()));
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void findingOfAnEarlierFlowWaitsForItsSlice() throws Exception {
        try (var harness = harness()) {
            harness.processElement1(finding(0, DB), 29_999);
            harness.processElement2(baseline("same", 30_000, false), 29_999);
            harness.processBothWatermarks(new Watermark(40_000));
            assertThat(harness.extractOutputStreamRecords())
                    .extracting(StreamRecord::getTimestamp)
                    .containsExactly(29_999L);
            assertThat(harness.extractOutputValues().get(0).confidence()).isEqualTo(0.4);
        }
    }

    @Test
    void baselinesOfANamespaceAreBoundedWithinTheDay() throws Exception {
        try (var harness = harness()) {
            for (int i = 0; i < 8_000; i++) {
                harness.processElement2(baseline("w" + i, 10_000 + 10_000L * (i / 100), false), 0);
                if (i % 100 == 99) {
                    harness.processBothWatermarks(new Watermark(10_000 + 10_000L * (i / 100)));
                }
            }
            harness.processElement1(finding(900_000, DB), 0);
            harness.processBothWatermarks(new Watermark(909_999));
            assertThat(harness.extractOutputValues()).last().satisfies(weighed -> assertThat(
                            weighed.evidence().expected().get("siblings"))
                    .isBetween(2_900.0, 3_500.0));
        }
    }
}
