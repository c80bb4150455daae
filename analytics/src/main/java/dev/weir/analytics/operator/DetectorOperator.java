package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.SliceAggregator;
import dev.weir.analytics.detector.Decisions;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Eviction;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.judge.RollUp;
import dev.weir.model.Activity;
import dev.weir.model.Baseline;
import dev.weir.model.Feedback;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.ActivityCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the detectors of one scope. The parts of a slice are stored as they come; when the watermark closes the slice
 * they are added up and every detector sees it whole. State that no detector needs any more is cleared by an event-time
 * timer. People's decisions are broadcast, and hold from their arrival.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class DetectorOperator extends KeyedBroadcastProcessFunction<String, ActivityPart, Feedback, Finding> {
    public static final OutputTag<Baseline> BASELINES =
            new OutputTag<>("baselines", TypeInformation.of(Baseline.class));

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(DetectorOperator.class);
    private static final CleanupTimer CLEANUP =
            new CleanupTimer(Duration.ofHours(1).toMillis());

    /** The retention of bare addresses, of which there can be any number, since they change and can be forged. */
    private static final long ADDRESS_RETENTION_MS = Duration.ofDays(1).toMillis();

    private final DetectorScope scope;
    private final List<Detector<?>> detectors;
    private final long retentionMs;

    private transient SliceParts parts;
    private transient ValueState<Long> lastSlice;
    private transient List<Running<?>> running;
    /** The decisions as of the broadcast state; null if that has changed since. */
    private transient @Nullable Decisions decisions;

    private transient ActivityCodec codec;
    private transient NewcomerLimit newcomers;

    private transient Counter late;
    private transient Counter found;
    private transient Counter folded;
    private transient Counter leftOut;
    private transient Counter unreadable;
    private transient Counter addressesRefused;
    private transient Counter edgesRefused;
    private transient Counter entriesEvicted;

    public DetectorOperator(DetectorScope scope, List<Detector<?>> detectors) {
        this.scope = scope;
        this.detectors = List.copyOf(detectors);
        this.retentionMs = detectors.stream()
                .mapToLong(detector -> detector.retention().toMillis())
                .max()
                .orElse(0);
    }

    /** A detector with the handle of its state. */
    private record Running<S>(Detector<S> detector, ValueState<S> state) {
        DetectorResult<S> run(Slice slice, boolean isRemembered) throws Exception {
            S before = state.value();
            DetectorResult<S> result = detector.step(before, slice);
            // Most slices change the state of few detectors.
            if (isRemembered && !Objects.equals(result.state(), before)) {
                state.update(result.state());
            }
            return result;
        }
    }

    @Override
    public void open(OpenContext context) {
        parts = SliceParts.open(getRuntimeContext());
        lastSlice = getRuntimeContext().getState(new ValueStateDescriptor<>("last-slice", Types.LONG));
        running = new ArrayList<>();
        detectors.forEach(detector -> running.add(running(detector)));
        codec = new ActivityCodec();
        newcomers = new NewcomerLimit();
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("weir");
        late = metrics.counter("activities_late");
        found = metrics.counter("findings");
        folded = metrics.counter("slices_folded");
        leftOut = metrics.counter("edges_left_out");
        unreadable = metrics.counter("parts_unreadable");
        addressesRefused = metrics.counter("addresses_refused");
        edgesRefused = metrics.counter("edges_refused");
        entriesEvicted = metrics.counter("entries_evicted");
    }

    private <S> Running<S> running(Detector<S> detector) {
        return new Running<>(
                detector,
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>(detector.id(), TypeInformation.of(detector.stateType()))));
    }

    @Override
    public void processElement(ActivityPart part, ReadOnlyContext context, Collector<Finding> out) throws Exception {
        long end = part.sliceMs() + Activity.SLICE_MS;
        if (RollUp.closed(part.sliceMs(), context.timerService().currentWatermark())) {
            late.inc();
            return;
        }
        if (parts.add(part.sliceMs(), part.activity())) {
            context.timerService().registerEventTimeTimer(end - 1);
        }
    }

    @Override
    public void processBroadcastElement(Feedback feedback, Context context, Collector<Finding> out) throws Exception {
        FeedbackState.update(context.getBroadcastState(FeedbackState.DESCRIPTOR), feedback);
        decisions = null;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Finding> out) throws Exception {
        if (!CLEANUP.isAt(timestamp)) {
            close(timestamp + 1 - Activity.SLICE_MS, context, out);
        } else if (!isInputOver(context)) {
            cleanUp(timestamp, context);
        }
    }

    private static boolean isInputOver(OnTimerContext context) {
        return context.timerService().currentWatermark() == Long.MAX_VALUE;
    }

    /** Shows a slice to the detectors and keeps their state. */
    private void close(long slice, OnTimerContext context, Collector<Finding> out) throws Exception {
        String key = context.getCurrentKey();
        List<Activity> activities = take(slice);
        boolean isNew = lastSlice.value() == null;
        // A slice without activities is one that a detector asked for. At the end of the input no edge counts as
        // silent.
        if (activities.isEmpty() && (isNew || isInputOver(context))) {
            return;
        }
        boolean isAddress = DetectorKey.isOfAddress(key);
        boolean isRemembered = !isNew || newcomers.hasRoom(slice, isAddress, isUnanswered(activities));
        Slice whole = new Slice(slice, activities, decisions(context), DetectorKey.workload(key));
        boolean hasState = run(whole, isNew, isRemembered, context, out);
        if (activities.isEmpty() || isNew && !hasState) {
            return;
        }
        if (!isRemembered) {
            (isAddress ? addressesRefused : edgesRefused).inc();
            return;
        }
        lastSlice.update(slice);
        if (isNew) {
            newcomers.count(isAddress, isUnanswered(activities));
            CLEANUP.setAfter(slice + retention(key), context.timerService());
        }
    }

    /**
     * Runs the detectors that a slice is shown to.
     *
     * @param isRemembered true to keep their state and emit their baselines
     * @return true if one of them has state now
     */
    private boolean run(
            Slice slice, boolean isNew, boolean isRemembered, OnTimerContext context, Collector<Finding> out)
            throws Exception {
        boolean hasState = false;
        for (Running<?> each : running) {
            if (!isShown(each.detector(), slice.activities(), isNew)) {
                continue;
            }
            DetectorResult<?> result = each.run(slice, isRemembered);
            hasState |= result.state() != null;
            entriesEvicted.inc(Eviction.takeEvicted());
            if (result.wakeMs() != null) {
                wake(result.wakeMs(), slice.startMs(), context);
            }
            for (Finding finding : result.findings()) {
                found.inc();
                out.collect(finding);
            }
            if (result.baseline() != null && isRemembered) {
                context.output(BASELINES, result.baseline());
            }
        }
        return hasState;
    }

    private static boolean isShown(Detector<?> detector, List<Activity> activities, boolean isNew) {
        if (activities.isEmpty()) {
            return detector.wakes();
        }
        return isNew || activities.stream().anyMatch(detector::concerns);
    }

    /** Clears the state of a key without recent activity, or sets the next timer for it. */
    private void cleanUp(long timestamp, OnTimerContext context) throws Exception {
        Long last = lastSlice.value();
        if (last == null) {
            return;
        }
        long due = last + retention(context.getCurrentKey());
        if (timestamp < due) {
            CLEANUP.setAfter(due, context.timerService());
            return;
        }
        running.forEach(each -> each.state().clear());
        lastSlice.clear();
    }

    /** Sets a timer at the end of the slice that a time is in, like those of slices with activity. */
    private static void wake(long ms, long slice, OnTimerContext context) {
        long due = Math.max(Activity.sliceOf(ms), slice + Activity.SLICE_MS);
        context.timerService().registerEventTimeTimer(due + Activity.SLICE_MS - 1);
    }

    private Decisions decisions(ReadOnlyContext context) throws Exception {
        if (decisions == null) {
            decisions = Decisions.of(FeedbackState.all(context.getBroadcastState(FeedbackState.DESCRIPTOR)));
        }
        return decisions;
    }

    /** The retention of a key; shorter if it has to do with a bare address. */
    private long retention(String key) {
        return DetectorKey.isOfAddress(key) ? Math.min(ADDRESS_RETENTION_MS, retentionMs) : retentionMs;
    }

    private boolean isUnanswered(List<Activity> activities) {
        return scope == DetectorScope.EDGE && activities.stream().allMatch(activity -> activity.established() == 0);
    }

    /** Removes the parts of a slice and returns their sums, sorted. */
    private List<Activity> take(long slice) throws Exception {
        SliceAggregator sums =
                switch (scope) {
                    case SOURCE -> SliceAggregator.ofSource();
                    case EDGE -> SliceAggregator.ofEdge();
                    case DESTINATION -> SliceAggregator.ofDestination();
                };
        if (!parts.take(slice, part -> add(part, slice, sums))) {
            return List.of();
        }
        folded.inc(sums.isFolded() ? 1 : 0);
        leftOut.inc(sums.leftOut());
        return sums.activities();
    }

    private void add(byte[] part, long slice, SliceAggregator sums) {
        try {
            sums.add(codec.decode(part));
        } catch (InvalidRecordException e) {
            // The operator has encoded it itself, so this is a bug; to fail would repeat it with every restart.
            unreadable.inc();
            LOG.error(
                    "a part of the slice at {} cannot be read: {}; its flows are lost to detectors",
                    slice,
                    e.getMessage());
        }
    }
}
