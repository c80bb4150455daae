package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.Activities;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.detector.Step;
import dev.weir.analytics.judge.RollUp;
import dev.weir.model.Activity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Runs the detectors of one scope. Parts of a slice are added up as they come; when the watermark closes the slice every
 * detector sees it whole. State that no detector needs any more is cleared by an event-time timer.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class DetectorOperator extends KeyedProcessFunction<String, Activity, Finding> {
    private static final long serialVersionUID = 1L;
    /** Clean-up timers are set on this grid, so that a key has one of them and not one for each slice. */
    private static final long CLEANUP_GRID_MS = 60 * 60 * 1000L;

    private final List<Detector<?>> detectors;
    private final long retentionMs;

    /** By slice first: RocksDB keeps them in that order, so the slice that closes next is found without a search. */
    private transient MapState<Tuple2<Long, String>, Activity> open;

    private transient MapState<Long, Integer> openInSlice;
    private transient ValueState<Long> lastSlice;
    private transient List<Running<?>> running;
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
        List<Finding> run(Slice slice) throws Exception {
            Step<S> step = detector.step(state.value(), slice);
            state.update(step.state());
            return step.findings();
        }
    }

    @Override
    public void open(OpenContext context) {
        open = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "open-slices", Types.TUPLE(Types.LONG, Types.STRING), TypeInformation.of(Activity.class)));
        openInSlice = getRuntimeContext().getMapState(new MapStateDescriptor<>("open-in-slice", Types.LONG, Types.INT));
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
    public void processElement(Activity activity, Context context, Collector<Finding> out) throws Exception {
        long end = activity.sliceMs() + Activity.SLICE_MS;
        if (RollUp.closed(activity.sliceMs(), context.timerService().currentWatermark())) {
            late.inc();
            return;
        }
        Tuple2<Long, String> key = Tuple2.of(activity.sliceMs(), activity.edgeKey());
        Activity before = open.get(key);
        if (before == null) {
            Integer others = openInSlice.get(activity.sliceMs());
            openInSlice.put(activity.sliceMs(), others == null ? 1 : others + 1);
        }
        open.put(key, before == null ? activity : Activities.merged(before, activity));
        context.timerService().registerEventTimeTimer(end - 1);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Finding> out) throws Exception {
        long slice = timestamp + 1 - Activity.SLICE_MS;
        List<Activity> activities = take(slice);
        if (!activities.isEmpty()) {
            for (Running<?> each : running) {
                for (Finding finding : each.run(new Slice(slice, activities))) {
                    found.inc();
                    out.collect(finding);
                }
            }
            lastSlice.update(slice);
            context.timerService().registerEventTimeTimer(cleanupAfter(slice));
        }
        Long last = lastSlice.value();
        if (last != null && timestamp >= last + retentionMs && open.isEmpty()) {
            running.forEach(each -> each.state().clear());
            lastSlice.clear();
        }
    }

    private long cleanupAfter(long slice) {
        return Math.floorDiv(slice + retentionMs, CLEANUP_GRID_MS) * CLEANUP_GRID_MS + CLEANUP_GRID_MS;
    }

    /** Removes and returns the activities of a slice, sorted. */
    private List<Activity> take(long slice) throws Exception {
        Integer count = openInSlice.get(slice);
        List<Activity> activities = new ArrayList<>();
        Iterator<Map.Entry<Tuple2<Long, String>, Activity>> entries = open.iterator();
        while (count != null && activities.size() < count && entries.hasNext()) {
            Map.Entry<Tuple2<Long, String>, Activity> entry = entries.next();
            if (entry.getKey().f0 == slice) {
                activities.add(entry.getValue());
                entries.remove();
            }
        }
        openInSlice.remove(slice);
        if (open.isEmpty()) {
            // On the heap an emptied map would stay behind.
            open.clear();
        }
        activities.sort(Comparator.comparing(Activity::edgeKey));
        return activities;
    }
}
