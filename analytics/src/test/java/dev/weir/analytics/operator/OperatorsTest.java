package dev.weir.analytics.operator;

import static dev.weir.analytics.Samples.DB;
import static dev.weir.analytics.Samples.WEB;
import static dev.weir.analytics.Samples.activity;
import static dev.weir.analytics.Samples.dbPolicy;
import static dev.weir.analytics.Samples.finding;
import static dev.weir.analytics.Samples.flow;
import static dev.weir.analytics.Samples.pod;
import static dev.weir.common.Millis.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Finding;
import dev.weir.analytics.Samples;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Detectors;
import dev.weir.model.Activity;
import dev.weir.model.Alert;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Expected;
import dev.weir.model.Feedback;
import dev.weir.model.Flow;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.Rejected;
import dev.weir.model.Verdict;
import dev.weir.model.codec.ActivityCodec;
import dev.weir.model.codec.FlowCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class OperatorsTest {
    private final AnalyticsConfig config = AnalyticsConfig.defaults();

    @Test
    void judgeSendsSliceBeforeWatermarkAndKeepsNothing() throws Exception {
        try (var harness = judge(List.of(pod("web", WEB, 0), pod("db", DB, 0), dbPolicy(0, "{}")))) {
            harness.open();
            harness.processElement1(raw(flow(10_000, WEB, DB, 80)));
            harness.processElement1(raw(flow(12_000, WEB, DB, 80)));
            assertThat(findings(harness)).hasSize(1);
            harness.processWatermark2(new Watermark(Long.MAX_VALUE));
            harness.processWatermark1(new Watermark(19_998));
            assertThat(harness.extractOutputValues()).isEmpty();
            harness.processWatermark1(new Watermark(19_999));
            assertThat(harness.extractOutputValues())
                    .extracting(
                            part -> new ActivityCodec().decode(part.activity()).connections())
                    .containsExactly(2L);

            harness.processElement1(raw(flow(11_000, WEB, DB, 80)));
            assertThat(findings(harness)).as("late, but judged").hasSize(3);
            harness.prepareSnapshotPreBarrier(1);
            assertThat(harness.extractOutputValues()).hasSize(1);
        }
    }

    @Test
    void barrierFlushesAndContextSurvivesInState() throws Exception {
        OperatorSubtaskState state;
        try (var harness = judge(List.of())) {
            harness.open();
            harness.processElement2(new StreamRecord<>(pod("web", WEB, 0)));
            harness.processElement2(new StreamRecord<>(pod("db", DB, 0)));
            harness.processElement2(new StreamRecord<>(dbPolicy(0, "{}")));
            harness.processElement1(raw(flow(10_000, WEB, DB, 80)));
            harness.prepareSnapshotPreBarrier(1);
            assertThat(harness.extractOutputValues()).hasSize(1);
            state = harness.snapshot(1, 1);
        }
        try (var harness = judge(List.of())) {
            harness.initializeState(state);
            harness.open();
            harness.processElement1(raw(flow(10_500, WEB, DB, 80)));
            assertThat(findings(harness))
                    .singleElement()
                    .extracting(Finding::detector)
                    .isEqualTo("policy-bypass");
        }
    }

    @Test
    void unreadableFlowIsRejectedWithItsReason() throws Exception {
        try (var harness = judge(List.of())) {
            harness.open();
            harness.processElement1(
                    new StreamRecord<>(new RawFlow("{\"start_ms\":1}".getBytes(StandardCharsets.UTF_8), 3, 7)));
            harness.processElement1(raw(flow(System.currentTimeMillis() + 2 * HOUR, WEB, DB, 80)));
            harness.processElement2(
                    new StreamRecord<>(Samples.change("NetworkPolicy", "shop", "x", 0, "{'metadata':")));
            List<Rejected> rejected = harness.getSideOutput(JudgeOperator.REJECTED).stream()
                    .map(StreamRecord::getValue)
                    .toList();
            assertThat(rejected).extracting(Rejected::field).startsWith("source", "end_ms");
            assertThat(rejected.get(0).offset()).isEqualTo(7);
            assertThat(rejected.get(1).reason()).contains("ahead of the clock");
            assertThat(rejected.get(2).reason()).contains("is not JSON");
            assertThat(harness.extractOutputValues()).isEmpty();
        }
    }

    @Test
    void detectorsSeeWholeSliceAndTheirStateIsCleared() throws Exception {
        AnalyticsConfig quick = config.learning(Duration.ZERO);
        try (var harness = keyed(quick, DetectorScope.SOURCE)) {
            for (int port = 1; port <= 20; port++) {
                harness.processElement1(ActivityPart.of(activity(0, "web", DB, port, false)), 0);
            }
            assertThat(harness.extractOutputValues()).isEmpty();
            harness.processWatermark1(new Watermark(9_999));
            assertThat(harness.extractOutputValues())
                    .extracting(Finding::detector)
                    .containsExactly("port-scan");
            harness.processElement1(ActivityPart.of(activity(0, "web", DB, 99, false)), 0);
            harness.processWatermark1(new Watermark(10_000));
            assertThat(harness.extractOutputValues())
                    .as("late ones are not seen")
                    .hasSize(1);
            assertThat(keyedStateEntries(harness)).isPositive();
            harness.processWatermark1(new Watermark(Duration.ofDays(31).toMillis()));
            assertThat(keyedStateEntries(harness)).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void newAddressesAreLimitedAndKeptForADay() throws Exception {
        int most = 100_000;
        try (var harness = keyed(config, DetectorScope.SOURCE)) {
            connectFrom(0, 10, harness);
            int each = keyedStateEntries(harness) / 10;
            connectFrom(10, most + 10, harness);
            assertThat(keyedStateEntries(harness)).isEqualTo(each * most);
            harness.processWatermark1(new Watermark(Duration.ofHours(26).toMillis()));
            assertThat(keyedStateEntries(harness)).isZero();
        }
    }

    @Test
    void walkOverPortsOfAWorkloadLeavesNoState() throws Exception {
        try (var harness = keyed(config, DetectorScope.EDGE)) {
            harness.processElement1(ActivityPart.of(activity(0, "web", DB, 80, true)), 0);
            harness.processWatermark1(new Watermark(Activity.SLICE_MS - 1));
            int one = keyedStateEntries(harness);
            assertThat(one).isPositive();
            for (int port = 1_000; port < 3_000; port++) {
                harness.processElement1(ActivityPart.of(activity(Activity.SLICE_MS, "web", DB, port, false)), 0);
            }
            harness.processWatermark1(new Watermark(2 * Activity.SLICE_MS - 1));
            assertThat(keyedStateEntries(harness)).isEqualTo(one);
            assertThat(harness.numEventTimeTimers()).as("clean-up of the first").isEqualTo(1);
        }
    }

    private static void connectFrom(
            int first,
            int last,
            KeyedTwoInputStreamOperatorTestHarness<String, ActivityPart, Feedback, Finding> harness)
            throws Exception {
        long slice = first == 0 ? 0 : Activity.SLICE_MS;
        Activity from = activity(slice, "web", DB, 80, true);
        for (int i = first; i < last; i++) {
            String ip = "198." + (i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255);
            Activity one = from.between(Entity.of(Endpoint.of(ip, null)), from.destination());
            harness.processElement1(ActivityPart.of(one), 0);
        }
        harness.processWatermark1(new Watermark(slice + Activity.SLICE_MS - 1));
    }

    private static Finding denied(long ms, long count, String subject) {
        PolicyEvidence policy = new PolicyEvidence(Expected.DENY, Verdict.DROPPED, List.of(), null, null);
        return finding(ms, count, subject).toBuilder().policy(policy).build();
    }

    @Test
    void detectorsOfOneAlertAreSummedUpInAnyOrder() throws Exception {
        Evidence flows = new Evidence(Map.of(), Map.of(), List.of(flow(90, "10.0.0.1", "10.0.0.2", 22)), List.of());
        Finding ofSource = finding(2_000, 4, "x").toBuilder()
                .evidence(flows)
                .summary("by the source")
                .build();
        Finding ofDestination =
                ofSource.toBuilder().summary("by the destination").build();
        Finding earlier = finding(1_000, 1, "x");
        for (List<Finding> order :
                List.of(List.of(ofSource, earlier, ofDestination), List.of(ofDestination, ofSource, earlier))) {
            try (var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                    new CorrelatorOperator(), Finding::fingerprint, Types.STRING)) {
                harness.open();
                for (Finding each : order) {
                    harness.processElement(each, 9_999);
                }
                assertThat(harness.extractOutputValues()).isEmpty();
                harness.processWatermark(9_999);
                assertThat(harness.extractOutputValues()).singleElement().satisfies(alert -> {
                    assertThat(alert.count()).isEqualTo(5);
                    assertThat(alert.summary()).isEqualTo("by the source");
                });
            }
        }
    }

    @Test
    void alertIsSentAtOnceAndThenOncePerSlice() throws Exception {
        try (var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new CorrelatorOperator(), Finding::fingerprint, Types.STRING)) {
            harness.open();
            harness.processElement(denied(1_000, 1, "x"), 0);
            assertThat(harness.extractOutputValues())
                    .extracting(Alert::revision)
                    .containsExactly(1L);
            harness.processElement(denied(2_000, 4, "x"), 0);
            harness.processElement(denied(3_000, 5, "x"), 0);
            harness.processElement(denied(3_000, 1, "y"), 0);
            harness.processWatermark(9_999);
            assertThat(harness.extractOutputValues()).hasSize(2);
            harness.processWatermark(10_000);
            assertThat(harness.extractOutputValues())
                    .extracting(Alert::revision)
                    .containsExactly(1L, 1L, 2L);
            assertThat(harness.extractOutputValues().get(2).count()).isEqualTo(10);
            harness.processWatermark(20_000);
            assertThat(harness.extractOutputValues()).hasSize(3);
            harness.processWatermark(Duration.ofDays(31).toMillis());
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void alertUnusedForLongestIsEvicted() throws Exception {
        try (var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new CorrelatorOperator(2), Finding::fingerprint, Types.STRING)) {
            harness.open();
            harness.processElement(denied(1_000, 1, "x"), 0);
            harness.processElement(denied(1_000, 1, "y"), 0);
            harness.processElement(denied(2_000, 1, "x"), 0);
            harness.processWatermark(10_000);
            harness.processElement(denied(12_000, 1, "z"), 10_000);
            assertThat(harness.numKeyedStateEntries()).isEqualTo(2);
            assertThat(harness.numEventTimeTimers()).isEqualTo(2);
            harness.processElement(denied(21_000, 1, "x"), 20_000);
            harness.processElement(denied(21_000, 1, "y"), 20_000);
            harness.processWatermark(30_000);
            assertThat(harness.extractOutputValues())
                    .as("y begins anew, and x was used since, but not z")
                    .extracting(Alert::revision)
                    .containsExactly(1L, 1L, 2L, 1L, 1L, 3L);
            harness.processWatermark(Duration.ofDays(31).toMillis());
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void evictionHoldsAfterARestore() throws Exception {
        OperatorSubtaskState state;
        try (var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new CorrelatorOperator(2), Finding::fingerprint, Types.STRING)) {
            harness.open();
            harness.processElement(denied(1_000, 1, "x"), 0);
            harness.processElement(denied(1_000, 1, "y"), 0);
            state = harness.snapshot(1, 1);
        }
        try (var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new CorrelatorOperator(2), Finding::fingerprint, Types.STRING)) {
            harness.initializeState(state);
            harness.open();
            harness.processElement(denied(2_000, 1, "z"), 0);
            assertThat(harness.numKeyedStateEntries()).isEqualTo(2);
        }
    }

    @Test
    void findingsOfOneAlertAreMergedWhileTheyWait() throws Exception {
        try (var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new CorrelatorOperator(), Finding::fingerprint, Types.STRING)) {
            harness.open();
            for (int i = 0; i < 1_001; i++) {
                harness.processElement(denied(1_000 + i, 2, "x"), 0);
            }
            harness.processWatermark(10_000);
            Alert grown = harness.extractOutputValues().get(1);
            assertThat(grown.count()).isEqualTo(2_002);
            assertThat(grown.lastSeenMs()).isEqualTo(2_000);
            assertThat(grown.summary()).isEqualTo("summary 2000");
            assertThat(harness.extractOutputValues()).hasSize(2);
        }
    }

    @Test
    void revisionsFollowSlicesNotArrival() throws Exception {
        List<Long> inStep = new ArrayList<>();
        List<Long> atOnce = new ArrayList<>();
        for (List<Long> revisions : List.of(inStep, atOnce)) {
            try (var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                    new CorrelatorOperator(), Finding::fingerprint, Types.STRING)) {
                harness.open();
                for (long slice = 0; slice < 5; slice++) {
                    long seen = slice * 10_000 + 3_000;
                    harness.processElement(finding(seen, 1, "x"), seen);
                    if (revisions == inStep) {
                        harness.processWatermark(slice * 10_000 + 10_000);
                    }
                }
                harness.processWatermark(100_000);
                harness.extractOutputValues().forEach(alert -> revisions.add(alert.revision()));
            }
        }
        assertThat(inStep).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(atOnce).isEqualTo(inStep);
    }

    private TwoInputStreamOperatorTestHarness<RawFlow, ContextChange, ActivityPart> judge(List<ContextChange> known)
            throws Exception {
        return new TwoInputStreamOperatorTestHarness<>(new JudgeOperator(config, new Known(known)));
    }

    private record Known(List<ContextChange> changes) implements ContextLoader {
        @Override
        public List<ContextChange> load() {
            return changes;
        }
    }

    private static KeyedTwoInputStreamOperatorTestHarness<String, ActivityPart, Feedback, Finding> keyed(
            AnalyticsConfig settings, DetectorScope scope) throws Exception {
        List<Detector<?>> detectors = Detectors.all(settings.detectors()).stream()
                .filter(detector -> detector.scope() == scope)
                .toList();
        var harness = new KeyedTwoInputStreamOperatorTestHarness<String, ActivityPart, Feedback, Finding>(
                new DetectorOperator(scope, detectors), part -> part.key(scope), null, Types.STRING);
        harness.setCheckpointStorage(new JobManagerCheckpointStorage(100_000_000));
        harness.open();
        harness.processWatermark2(new Watermark(Long.MAX_VALUE));
        return harness;
    }

    private static int keyedStateEntries(KeyedTwoInputStreamOperatorTestHarness<?, ?, ?, ?> harness) throws Exception {
        // Live states are written with a checkpoint.
        harness.snapshot(1, 1);
        var operator = (AbstractStreamOperator<?>) harness.getOperator();
        return ((HeapKeyedStateBackend<?>) operator.getKeyedStateBackend()).numKeyValueStateEntries();
    }

    private static StreamRecord<RawFlow> raw(Flow flow) {
        return new StreamRecord<>(new RawFlow(FlowCodec.encode(flow), 0, 0), flow.endMs());
    }

    private static List<Finding> findings(
            TwoInputStreamOperatorTestHarness<RawFlow, ContextChange, ActivityPart> harness) {
        return harness.getSideOutput(JudgeOperator.FINDINGS).stream()
                .map(StreamRecord::getValue)
                .toList();
    }
}
