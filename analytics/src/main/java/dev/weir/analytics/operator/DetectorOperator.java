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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
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
    private static final TypeInformation<byte[]> BYTES = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    private static final byte[] NOTHING = new byte[0];
    private static final Logger LOG = LoggerFactory.getLogger(DetectorOperator.class);
    /** The grid of clean-up timers, on which no slice ends. A key has one such timer. */
    private static final long CLEANUP_GRID_MS = 60 * 60 * 1000L;

    /** The retention of bare addresses, of which there can be any number, since they change and can be forged. */
    private static final long ADDRESS_RETENTION_MS = 24 * CLEANUP_GRID_MS;

    /** The mark of keys of addresses, behind the cluster; see {@link dev.weir.model.Entity#key}. */
    private static final String ADDRESS = "|address/";

    private static final int MAX_NEW_ADDRESSES = 100_000;
    /** The most new names an hour, since a sender of flows can claim any name. */
    private static final int MAX_NEW_NAMES = 20_000;

    /** The most new unanswered edges an hour, since a source can try any number of ports. */
    private static final int MAX_NEW_UNANSWERED = 20_000;

    private final DetectorScope scope;
    private final List<Detector<?>> detectors;
    private final long retentionMs;

    /** The number of parts of each open slice, and the part itself if there is only one, as is usual. */
    private transient MapState<Long, Tuple2<Integer, byte[]>> slices;

    /**
     * The parts of slices with several, by slice and number. They are only appended, and added up when the slice
     * closes: RocksDB is asked for single keys and never for a range, which costs a hundred times as much.
     */
    private transient MapState<Tuple2<Long, Integer>, byte[]> parts;

    private transient ValueState<Long> lastSlice;
    private transient List<Running<?>> running;
    /** The decisions as of the broadcast state; null if that has changed since. */
    private transient @Nullable Decisions decisions;

    private transient ActivityCodec codec;
    private transient long newcomersHour;
    private transient int newAddresses;
    private transient int newNames;
    private transient int newUnanswered;

    private transient Counter late;
    private transient Counter found;
    private transient Counter folded;
    private transient Counter left;
    private transient Counter unreadable;
    private transient Counter addressesNotRemembered;
    private transient Counter edgesNotRemembered;
    private transient Counter pushedOut;

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
            DetectorResult<S> step = detector.step(before, slice);
            // Most slices change the state of few detectors.
            if (isRemembered && !Objects.equals(step.state(), before)) {
                state.update(step.state());
            }
            return step;
        }
    }

    @Override
    public void open(OpenContext context) {
        slices = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("slices", Types.LONG, Types.TUPLE(Types.INT, BYTES)));
        parts = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("parts", Types.TUPLE(Types.LONG, Types.INT), BYTES));
        lastSlice = getRuntimeContext().getState(new ValueStateDescriptor<>("last-slice", Types.LONG));
        running = new ArrayList<>();
        detectors.forEach(detector -> running.add(running(detector)));
        codec = new ActivityCodec();
        newcomersHour = Long.MIN_VALUE;
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("weir");
        late = metrics.counter("activities_late");
        found = metrics.counter("findings");
        folded = metrics.counter("slices_folded");
        left = metrics.counter("edges_left_out");
        unreadable = metrics.counter("parts_unreadable");
        addressesNotRemembered = metrics.counter("addresses_not_remembered");
        edgesNotRemembered = metrics.counter("edges_not_remembered");
        pushedOut = metrics.counter("pushed_out");
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
        Tuple2<Integer, byte[]> before = slices.get(part.sliceMs());
        if (before == null) {
            slices.put(part.sliceMs(), Tuple2.of(1, part.activity()));
            context.timerService().registerEventTimeTimer(end - 1);
        } else {
            if (before.f0 == 1) {
                parts.put(Tuple2.of(part.sliceMs(), 0), before.f1);
            }
            parts.put(Tuple2.of(part.sliceMs(), before.f0), part.activity());
            slices.put(part.sliceMs(), Tuple2.of(before.f0 + 1, NOTHING));
        }
    }

    @Override
    public void processBroadcastElement(Feedback feedback, Context context, Collector<Finding> out) throws Exception {
        FeedbackState.update(context.getBroadcastState(FeedbackState.DESCRIPTOR), feedback);
        decisions = null;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Finding> out) throws Exception {
        boolean isOver = context.timerService().currentWatermark() == Long.MAX_VALUE;
        if (Math.floorMod(timestamp, CLEANUP_GRID_MS) == 0) {
            if (!isOver) {
                cleanUp(timestamp, context);
            }
            return;
        }
        long slice = timestamp + 1 - Activity.SLICE_MS;
        String key = context.getCurrentKey();
        List<Activity> activities = take(slice);
        if (isOver && activities.isEmpty()) {
            // At the end of the input no edge counts as silent, and nothing needs clean-up.
            return;
        }
        Long before = lastSlice.value();
        boolean isRemembered = before != null || activities.isEmpty() || hasRoom(key, slice, activities);
        boolean isKept = before != null;
        if (!activities.isEmpty() || before != null) {
            Slice whole = new Slice(slice, activities, decisions(context), workload(key));
            for (Running<?> each : running) {
                if (!isShown(each.detector(), activities, before == null)) {
                    continue;
                }
                DetectorResult<?> step = each.run(whole, isRemembered);
                isKept |= step.state() != null;
                pushedOut.inc(Eviction.takePushedOut());
                if (step.wakeMs() != null) {
                    wake(step.wakeMs(), slice, context);
                }
                for (Finding finding : step.findings()) {
                    found.inc();
                    out.collect(finding);
                }
                if (step.baseline() != null && isRemembered) {
                    context.output(BASELINES, step.baseline());
                }
            }
        }
        if (!activities.isEmpty() && isKept && !isRemembered) {
            countLeftOut(key);
        } else if (!activities.isEmpty() && isKept) {
            lastSlice.update(slice);
            if (before == null) {
                charge(key, activities);
                context.timerService().registerEventTimeTimer(cleanupAfter(slice + retention(key)));
            }
        }
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
            context.timerService().registerEventTimeTimer(cleanupAfter(due));
            return;
        }
        running.forEach(each -> each.state().clear());
        lastSlice.clear();
    }

    /**
     * The {@code namespace/name} of a key that begins with a workload, see {@link dev.weir.model.Entity#key}; null for
     * others.
     */
    private static @Nullable String workload(String key) {
        int from = key.indexOf('|') + 1;
        int to = key.indexOf('|', from);
        String[] parts = key.substring(from, to < 0 ? key.length() : to).split("/", -1);
        return parts.length == 4 && parts[0].equals("workload") ? parts[1] + "/" + parts[3] : null;
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

    private static long cleanupAfter(long ms) {
        return Math.floorDiv(ms, CLEANUP_GRID_MS) * CLEANUP_GRID_MS + CLEANUP_GRID_MS;
    }

    /** The retention of a key; shorter if it has to do with a bare address. */
    private long retention(String key) {
        return key.contains(ADDRESS) ? Math.min(ADDRESS_RETENTION_MS, retentionMs) : retentionMs;
    }

    /**
     * True if a new key is within the hourly limits of new addresses, names and unanswered edges. Beyond them each
     * slice is judged without state.
     */
    private boolean hasRoom(String key, long slice, List<Activity> activities) {
        long hour = Math.floorDiv(slice, CLEANUP_GRID_MS);
        if (hour != newcomersHour) {
            newcomersHour = hour;
            newAddresses = 0;
            newNames = 0;
            newUnanswered = 0;
        }
        boolean isOneTooMany = (key.contains(ADDRESS) && newAddresses >= MAX_NEW_ADDRESSES)
                || (!key.contains(ADDRESS) && newNames >= MAX_NEW_NAMES)
                || (isUnanswered(activities) && newUnanswered >= MAX_NEW_UNANSWERED);
        return !isOneTooMany;
    }

    /** Counts a new key against the hourly limits. */
    private void charge(String key, List<Activity> activities) {
        newAddresses += key.contains(ADDRESS) ? 1 : 0;
        newNames += key.contains(ADDRESS) ? 0 : 1;
        newUnanswered += isUnanswered(activities) ? 1 : 0;
    }

    private void countLeftOut(String key) {
        (key.contains(ADDRESS) ? addressesNotRemembered : edgesNotRemembered).inc();
    }

    private boolean isUnanswered(List<Activity> activities) {
        return scope == DetectorScope.EDGE && activities.stream().allMatch(activity -> activity.established() == 0);
    }

    /** Removes the parts of a slice and returns their sums, sorted. */
    private List<Activity> take(long slice) throws Exception {
        Tuple2<Integer, byte[]> first = slices.get(slice);
        if (first == null) {
            return List.of();
        }
        SliceAggregator sums =
                switch (scope) {
                    case SOURCE -> SliceAggregator.ofSource();
                    case EDGE -> SliceAggregator.ofEdge();
                    case DESTINATION -> SliceAggregator.ofDestination();
                };
        if (first.f0 == 1) {
            add(first.f1, slice, sums);
        } else {
            for (int number = 0; number < first.f0; number++) {
                Tuple2<Long, Integer> key = Tuple2.of(slice, number);
                add(parts.get(key), slice, sums);
                parts.remove(key);
            }
        }
        slices.remove(slice);
        folded.inc(sums.isFolded() ? 1 : 0);
        left.inc(sums.left());
        return sums.activities();
    }

    private void add(byte[] part, long slice, SliceAggregator sums) {
        try {
            sums.add(codec.decode(part));
        } catch (InvalidRecordException e) {
            // The operator has encoded it itself, so this is a bug; to fail would repeat it with every restart.
            unreadable.inc();
            LOG.error("a part of the slice at {} cannot be read and is left out: {}", slice, e.getMessage());
        }
    }
}
