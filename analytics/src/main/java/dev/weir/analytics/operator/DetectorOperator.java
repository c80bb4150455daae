package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.Activities;
import dev.weir.analytics.detector.Decisions;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.analytics.judge.RollUp;
import dev.weir.model.Activity;
import dev.weir.model.Baseline;
import dev.weir.model.Feedback;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Runs the detectors of one scope. Parts of a slice are added up as they come; when the watermark closes the slice every
 * detector sees it whole. State that no detector needs any more is cleared by an event-time timer. People's decisions are
 * broadcast, and hold from when they come.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class DetectorOperator extends KeyedBroadcastProcessFunction<String, Activity, Feedback, Finding> {
    public static final OutputTag<Baseline> BASELINES =
            new OutputTag<>("baselines", TypeInformation.of(Baseline.class));

    private static final long serialVersionUID = 1L;
    /** Clean-up timers are set on this grid, so that a key has one of them and not one for each slice. */
    private static final long CLEANUP_GRID_MS = 60 * 60 * 1000L;

    private final List<Detector<?>> detectors;
    private final long retentionMs;

    /**
     * The parts that have come, by slice and number. They are only appended, and added up when the slice closes: RocksDB is
     * asked for single keys and never for a range, which costs a hundred times as much.
     */
    private transient MapState<Tuple2<Long, Integer>, Activity> parts;

    /** How many parts each open slice has. */
    private transient MapState<Long, Integer> partsOfSlice;

    private transient ValueState<Long> lastSlice;
    private transient List<Running<?>> running;
    /** As of the broadcast state; null when that has changed since. */
    private transient @Nullable Decisions decisions;

    private transient Counter late;
    private transient Counter found;

    public DetectorOperator(List<Detector<?>> detectors) {
        this.detectors = List.copyOf(detectors);
        this.retentionMs = detectors.stream()
                .mapToLong(detector -> detector.retention().toMillis())
                .max()
                .orElse(0);
    }

    /** A detector with the handle of its state. */
    private record Running<S>(Detector<S> detector, ValueState<S> state) {
        Step<S> run(Slice slice) throws Exception {
            S before = state.value();
            Step<S> step = detector.step(before, slice);
            // Most slices are of no concern to most detectors.
            if (!Objects.equals(step.state(), before)) {
                state.update(step.state());
            }
            return step;
        }
    }

    @Override
    public void open(OpenContext context) {
        parts = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "parts", Types.TUPLE(Types.LONG, Types.INT), TypeInformation.of(Activity.class)));
        partsOfSlice =
                getRuntimeContext().getMapState(new MapStateDescriptor<>("parts-of-slice", Types.LONG, Types.INT));
        lastSlice = getRuntimeContext().getState(new ValueStateDescriptor<>("last-slice", Types.LONG));
        running = new ArrayList<>();
        detectors.forEach(detector -> running.add(running(detector)));
        late = getRuntimeContext().getMetricGroup().addGroup("weir").counter("activities_late");
        found = getRuntimeContext().getMetricGroup().addGroup("weir").counter("findings");
    }

    private <S> Running<S> running(Detector<S> detector) {
        return new Running<>(
                detector,
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>(detector.id(), TypeInformation.of(detector.stateType()))));
    }

    @Override
    public void processElement(Activity activity, ReadOnlyContext context, Collector<Finding> out) throws Exception {
        long end = activity.sliceMs() + Activity.SLICE_MS;
        if (RollUp.closed(activity.sliceMs(), context.timerService().currentWatermark())) {
            late.inc();
            return;
        }
        Integer before = partsOfSlice.get(activity.sliceMs());
        int number = before == null ? 0 : before;
        parts.put(Tuple2.of(activity.sliceMs(), number), activity);
        partsOfSlice.put(activity.sliceMs(), number + 1);
        context.timerService().registerEventTimeTimer(end - 1);
    }

    @Override
    public void processBroadcastElement(Feedback feedback, Context context, Collector<Finding> out) throws Exception {
        FeedbackState.update(context.getBroadcastState(FeedbackState.DESCRIPTOR), feedback);
        decisions = null;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Finding> out) throws Exception {
        long slice = timestamp + 1 - Activity.SLICE_MS;
        List<Activity> activities = take(slice);
        boolean isOver = context.timerService().currentWatermark() == Long.MAX_VALUE;
        if (!activities.isEmpty() || (!isOver && lastSlice.value() != null)) {
            // When the input ends nobody is silent.
            Slice whole = new Slice(slice, activities, decisions(context));
            for (Running<?> each : running) {
                if (activities.isEmpty() && !each.detector().wakes()) {
                    continue;
                }
                Step<?> step = each.run(whole);
                if (step.wakeMs() != null) {
                    wake(step.wakeMs(), slice, context);
                }
                for (Finding finding : step.findings()) {
                    found.inc();
                    out.collect(finding);
                }
                if (step.baseline() != null) {
                    context.output(BASELINES, step.baseline());
                }
            }
        }
        if (!activities.isEmpty()) {
            lastSlice.update(slice);
            context.timerService().registerEventTimeTimer(cleanupAfter(slice));
        }
        Long last = lastSlice.value();
        if (last != null && timestamp >= last + retentionMs && partsOfSlice.isEmpty()) {
            running.forEach(each -> each.state().clear());
            lastSlice.clear();
        }
    }

    /** At the end of the slice that a time is in, as those with activity. */
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

    private long cleanupAfter(long slice) {
        return Math.floorDiv(slice + retentionMs, CLEANUP_GRID_MS) * CLEANUP_GRID_MS + CLEANUP_GRID_MS;
    }

    /** Removes the parts of a slice and returns their sums, sorted. */
    private List<Activity> take(long slice) throws Exception {
        Integer count = partsOfSlice.get(slice);
        Map<String, Activity> sums = new TreeMap<>();
        for (int number = 0; count != null && number < count; number++) {
            Tuple2<Long, Integer> key = Tuple2.of(slice, number);
            Activity part = parts.get(key);
            sums.merge(part.edgeKey(), part, Activities::merged);
            parts.remove(key);
        }
        partsOfSlice.remove(slice);
        return List.copyOf(sums.values());
    }
}
