package dev.weir.analytics.operator;

import static dev.weir.analytics.Samples.DB;
import static dev.weir.analytics.Samples.activity;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Detectors;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import dev.weir.model.Feedback;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorOperatorTest {
    private static final int GROUPS = 8;
    private static final int SLICES = 40;
    private static final long PLENTY = 1L << 30;
    private static final long IN_USE_MS = 3 * Millis.DAY;

    /** Room for some hundred sources with state on the heap. */
    private static final long MAX_HEAP = 500_000;

    private static final class Harness
            extends KeyedTwoInputStreamOperatorTestHarness<String, ActivityPart, Feedback, Finding> {
        Harness(long maxBytes, int tasks, int task, boolean isRocks) throws Exception {
            super(
                    operator(maxBytes, isRocks),
                    part -> part.key(DetectorScope.SOURCE),
                    null,
                    Types.STRING,
                    GROUPS,
                    tasks,
                    task);
            setStateBackend(isRocks ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend());
            setCheckpointStorage(new JobManagerCheckpointStorage(100_000_000));
        }

        /** Makes an operator of which live states are bounded, and open slices too where they can be spilled. */
        private static DetectorOperator operator(long maxBytes, boolean isRocks) {
            List<Detector<?>> detectors = Detectors.all(
                            AnalyticsConfig.defaults().detectors())
                    .stream()
                    .filter(each -> each.scope() == DetectorScope.SOURCE)
                    .toList();
            return new DetectorOperator(
                    DetectorScope.SOURCE, detectors, isRocks ? maxBytes : Long.MAX_VALUE, maxBytes, MAX_HEAP);
        }
    }

    /** Parts of several sources over some slices, two for most edges; some sources scan ports. */
    private static List<List<ActivityPart>> parts() {
        Random random = new Random(20);
        List<List<ActivityPart>> slices = new ArrayList<>();
        for (int slice = 0; slice < SLICES; slice++) {
            List<ActivityPart> parts = new ArrayList<>();
            for (int source = 0; source < 20; source++) {
                for (int i = random.nextInt(12); i > 0; i--) {
                    int port = source % 4 == 0 ? random.nextInt(1_000) : 5_432;
                    Activity part = activity(slice * Activity.SLICE_MS, "web" + source, DB, port, source % 4 != 0);
                    parts.add(ActivityPart.of(part));
                }
            }
            slices.add(parts);
        }
        return slices;
    }

    private static Map<String, Integer> findings(List<Harness> harnesses) {
        Map<String, Integer> findings = new TreeMap<>();
        for (Harness each : harnesses) {
            each.extractOutputValues()
                    .forEach(finding -> findings.merge(
                            finding.detector() + " " + finding.source().key() + " " + finding.firstSeenMs() + " "
                                    + finding.count() + " " + finding.evidence().observed(),
                            1,
                            Integer::sum));
        }
        return findings;
    }

    /** Runs all slices in one task with plenty of room. */
    private static Map<String, Integer> expected() throws Exception {
        try (Harness harness = new Harness(PLENTY, 1, 0, false)) {
            harness.open();
            run(List.of(harness), parts(), 0, SLICES);
            return findings(List.of(harness));
        }
    }

    /** Sends slices, each before the watermark closes the one before it; the last one is closed too. */
    private static void run(List<Harness> tasks, List<List<ActivityPart>> slices, int from, int to) throws Exception {
        for (int slice = from; slice < to; slice++) {
            send(tasks, slices.get(slice));
            for (Harness task : tasks) {
                task.processWatermark2(new Watermark(Long.MAX_VALUE));
                task.processWatermark1(new Watermark(slice * Activity.SLICE_MS - 1));
            }
        }
        if (to == SLICES) {
            for (Harness task : tasks) {
                task.processWatermark1(new Watermark(SLICES * Activity.SLICE_MS));
            }
        }
    }

    private static void send(List<Harness> tasks, List<ActivityPart> parts) throws Exception {
        for (ActivityPart part : parts) {
            int group = KeyGroupRangeAssignment.assignToKeyGroup(part.key(DetectorScope.SOURCE), GROUPS);
            tasks.get(group * tasks.size() / GROUPS).processElement1(part, part.sliceMs());
        }
    }

    @Test
    void sourcesThatScanAreFound() throws Exception {
        assertThat(expected().keySet())
                .anyMatch(each -> each.startsWith("port-scan"))
                .hasSizeGreaterThan(5);
    }

    /** An operator of edges that has seen one edge used every five minutes for {@link #IN_USE_MS}. */
    private static KeyedTwoInputStreamOperatorTestHarness<String, ActivityPart, Feedback, Finding> edgeInUse()
            throws Exception {
        List<Detector<?>> detectors = Detectors.all(AnalyticsConfig.defaults().detectors()).stream()
                .filter(each -> each.scope() == DetectorScope.EDGE)
                .toList();
        var harness = new KeyedTwoInputStreamOperatorTestHarness<String, ActivityPart, Feedback, Finding>(
                new DetectorOperator(DetectorScope.EDGE, detectors),
                part -> part.key(DetectorScope.EDGE),
                null,
                Types.STRING);
        harness.open();
        harness.processWatermark2(new Watermark(Long.MAX_VALUE));
        for (long ms = 0; ms < IN_USE_MS; ms += 5 * Millis.MINUTE) {
            harness.processElement1(ActivityPart.of(activity(ms, "web", DB, 5_432, true)), ms);
            harness.processWatermark1(new Watermark(ms));
        }
        return harness;
    }

    /** An edge that is used often enough has a timer at which it would count as silent. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void endOfInputEndsThoughEdgesAskToBeWoken() throws Exception {
        try (var harness = edgeInUse()) {
            assertThat(harness.numEventTimeTimers()).isEqualTo(1);
            harness.processWatermark1(new Watermark(Long.MAX_VALUE));
            assertThat(harness.extractOutputValues())
                    .extracting(Finding::detector)
                    .doesNotContain("silence");
        }
    }

    /** A short recording is read before the first watermark, so that one closes all of its slices. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void silenceBeforeTheLastSliceIsFoundAtTheEnd() throws Exception {
        try (var harness = edgeInUse()) {
            long later = IN_USE_MS + Millis.DAY;
            harness.processElement1(ActivityPart.of(activity(later, "other", DB, 5_432, true)), later);
            harness.processWatermark1(new Watermark(Long.MAX_VALUE));
            assertThat(harness.extractOutputValues())
                    .extracting(Finding::detector)
                    .containsOnlyOnce("silence");
        }
    }

    @Test
    void edgeThatFallsSilentIsFoundOnce() throws Exception {
        try (var harness = edgeInUse()) {
            for (long ms = IN_USE_MS; ms < IN_USE_MS + Millis.DAY; ms += Millis.MINUTE) {
                harness.processWatermark1(new Watermark(ms));
                assertThat(harness.numEventTimeTimers()).isEqualTo(1);
            }
            assertThat(harness.extractOutputValues())
                    .extracting(Finding::detector)
                    .containsOnlyOnce("silence");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unusedKeyLosesStateAndTimer(boolean isRocks) throws Exception {
        try (Harness harness = new Harness(PLENTY, 1, 0, isRocks)) {
            harness.open();
            harness.processWatermark2(new Watermark(Long.MAX_VALUE));
            harness.processElement1(ActivityPart.of(activity(0, "web", DB, 5_432, true)), 0);
            long day = Duration.ofDays(1).toMillis();
            for (int days = 1; days < 20; days++) {
                harness.processElement1(ActivityPart.of(activity(days * day, "other", DB, 5_432, true)), days * day);
                harness.processWatermark1(new Watermark(days * day));
                assertThat(harness.numEventTimeTimers()).isBetween(1, 2);
            }
            harness.processWatermark1(new Watermark(365 * day));
            assertThat(harness.numEventTimeTimers()).isZero();
            if (!isRocks) {
                assertThat(harness.numKeyedStateEntries()).isZero();
            }
        }
    }

    @Test
    void workloadThatOnlyAnsweredHasANewPeer() throws Exception {
        assertThat(firstPeer(26)).containsExactly("new-external");
        assertThat(firstPeer(18)).as("known for eighteen hours").isEmpty();
        assertThat(firstPeer(0)).as("not known").isEmpty();
    }

    /** The detectors that report the first peer outside of a workload that was the other end for some hours. */
    private static List<String> firstPeer(int hours) throws Exception {
        try (Harness harness = new Harness(PLENTY, 1, 0, false)) {
            harness.open();
            harness.processWatermark2(new Watermark(Long.MAX_VALUE));
            String web = ActivityPart.of(activity(0, "web", DB, 5_432, true)).source();
            for (int hour = 0; hour < hours; hour++) {
                long ms = hour * Millis.HOUR;
                harness.processElement1(ActivityPart.sight(ms, "", web), ms);
                harness.processWatermark1(new Watermark(ms));
                assertThat(harness.numKeyedStateEntries()).isLessThanOrEqualTo(1);
            }
            long ms = hours * Millis.HOUR;
            harness.processElement1(ActivityPart.of(activity(ms, "web", "203.0.113.9", 443, true)), ms);
            harness.processWatermark1(new Watermark(ms + Millis.MINUTE));
            List<String> found = harness.extractOutputValues().stream()
                    .map(Finding::detector)
                    .toList();
            harness.processWatermark1(new Watermark(365 * Millis.DAY));
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
            return found;
        }
    }

    @Test
    void inventedSourcesOnTheHeapEvictEachOther() throws Exception {
        try (Harness harness = new Harness(PLENTY, 1, 0, false)) {
            harness.open();
            harness.processWatermark2(new Watermark(Long.MAX_VALUE));
            for (int slice = 0; slice < SLICES; slice++) {
                long ms = slice * Activity.SLICE_MS;
                harness.processElement1(ActivityPart.of(activity(ms, "web", DB, 5_432, true)), ms);
                for (int i = 0; i < 100; i++) {
                    String invented = "invented" + slice + "-" + i;
                    harness.processElement1(ActivityPart.of(activity(ms, invented, DB, 5_432, true)), ms);
                }
                harness.processWatermark1(new Watermark(ms + Activity.SLICE_MS));
            }
            harness.snapshot(1, 1);
            assertThat(harness.numKeyedStateEntries()).isBetween(200, 2_000);
            assertThat(harness.numEventTimeTimers()).isEqualTo(harness.numKeyedStateEntries());
            String web = ActivityPart.of(activity(0, "web", DB, 5_432, true)).key(DetectorScope.SOURCE);
            KeyedStateBackend<Object> backend = ((DetectorOperator) harness.getOperator()).getKeyedStateBackend();
            try (Stream<Object> keys = backend.getKeys("key-state", VoidNamespace.INSTANCE)) {
                assertThat(keys.anyMatch(web::equals)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findingsDoNotDependOnRoomOnTheHeap(boolean isRocks) throws Exception {
        try (Harness harness = new Harness(3_000, 1, 0, isRocks)) {
            harness.open();
            run(List.of(harness), parts(), 0, SLICES);
            assertThat(findings(List.of(harness))).isEqualTo(expected());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void restoreInTheMiddleWithMoreTasksChangesNothing(boolean isRocks) throws Exception {
        int middle = SLICES / 2;
        OperatorSubtaskState state;
        Map<String, Integer> findings;
        try (Harness one = new Harness(20_000, 1, 0, isRocks)) {
            one.open();
            run(List.of(one), parts(), 0, middle);
            state = one.snapshot(1, 1);
            findings = findings(List.of(one));
        }
        try (Harness first = new Harness(20_000, 2, 0, isRocks);
                Harness second = new Harness(20_000, 2, 1, isRocks)) {
            List<Harness> tasks = List.of(first, second);
            for (int task = 0; task < 2; task++) {
                tasks.get(task)
                        .initializeState(
                                AbstractStreamOperatorTestHarness.repartitionOperatorState(state, GROUPS, 1, 2, task));
                tasks.get(task).open();
            }
            run(tasks, parts(), middle, SLICES);
            findings(tasks).forEach((finding, times) -> findings.merge(finding, times, Integer::sum));
            assertThat(first.extractOutputValues()).isNotEmpty();
            assertThat(second.extractOutputValues()).isNotEmpty();
        }
        assertThat(findings).isEqualTo(expected());
    }
}
