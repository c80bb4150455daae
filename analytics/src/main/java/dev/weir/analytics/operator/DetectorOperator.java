package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.analytics.detector.Decisions;
import dev.weir.analytics.detector.Detector;
import dev.weir.analytics.detector.DetectorResult;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.analytics.detector.Eviction;
import dev.weir.analytics.detector.Slice;
import dev.weir.analytics.judge.RollUp;
import dev.weir.common.Millis;
import dev.weir.model.Activity;
import dev.weir.model.Baseline;
import dev.weir.model.Feedback;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.SimpleTimerService;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Runs the detectors of one scope. The first input is parts of activities by key, the second, broadcast, people's
 * decisions, which hold from their arrival. Parts wait in {@link OpenSlices}; when the watermark closes a slice, the
 * parts of each key are added up, and every detector that they concern sees the slice whole. What the detectors of a
 * key remember is one value of Flink's state, behind {@link KeyStates}. Each key has one timer of event time, which
 * wakes it for the slice that one of its detectors asked for, or removes its state when no detector needs it any more.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else
public final class DetectorOperator extends AbstractStreamOperator<Finding>
        implements TwoInputStreamOperator<ActivityPart, Feedback, Finding>, Triggerable<String, VoidNamespace> {
    public static final OutputTag<Baseline> BASELINES =
            new OutputTag<>("baselines", TypeInformation.of(Baseline.class));

    /** The activities of its first slice beyond which a state is weighed at once. */
    private static final int LARGE_SLICE = 16;

    private static final long serialVersionUID = 1L;
    private static final CleanupTimer CLEANUP = new CleanupTimer(Millis.HOUR);

    /** The retention of bare addresses, of which there can be any number, since they change and can be forged. */
    private static final long ADDRESS_RETENTION_MS = Millis.DAY;

    /** The most bytes of open slices on the heap; parts beyond it are kept in Flink's state if that is elsewhere. */
    private static final long MAX_OPEN_BYTES = 256L << 20;

    /** The share of the JVM's heap that open slices of one scope may take, if that is less. */
    private static final int OPEN_SHARE = 16;

    /** The most bytes of live states by their encoded size. */
    private static final long MAX_LIVE_BYTES = 32L << 20;

    /**
     * The share of the heap for live states, if that is less; as objects they take several times their encoded size.
     */
    private static final int LIVE_SHARE = 64;

    /** The share of the heap for all keys and states of one scope, if Flink keeps them there. */
    private static final int HEAP_SHARE = 12;

    private static final ValueStateDescriptor<byte[]> KEY_STATE =
            new ValueStateDescriptor<>("key-state", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    /** The alerts that began on the day. After a restore each task has the alerts of all tasks. */
    private static final ListStateDescriptor<String> ALERTS_OF_DAY =
            new ListStateDescriptor<>("alerts-of-day", Types.STRING);

    private final DetectorScope scope;
    private final List<Detector<?>> detectors;
    private final long retentionMs;
    private final long maxOpenBytes;
    private final long maxLiveBytes;
    private final long maxHeapBytes;

    private transient OpenSlices slices;
    private transient SliceSums sums;
    private transient KeyStateCodec stateCodec;
    private transient KeyStates states;
    private transient BroadcastState<String, Feedback> feedback;
    /** The decisions as of the broadcast state; null if that has changed since. */
    private transient @Nullable Decisions decisions;

    private transient TimerService timers;
    private transient NewcomerLimit newcomers;
    private transient FindingLimiter limiter;
    private transient ListState<String> alertsOfDay;
    private transient long watermark;
    /** True if the last slice is closed. */
    private transient boolean isInputOver;

    private transient Counter late;
    private transient Counter found;
    private transient LimitCounter addressesRefused;
    private transient LimitCounter edgesRefused;
    private transient LimitCounter entriesEvicted;
    private transient LimitCounter findingsShared;

    public DetectorOperator(DetectorScope scope, List<Detector<?>> detectors) {
        this(scope, detectors, MAX_OPEN_BYTES, MAX_LIVE_BYTES, Long.MAX_VALUE);
    }

    DetectorOperator(
            DetectorScope scope, List<Detector<?>> detectors, long maxOpenBytes, long maxLiveBytes, long maxHeapBytes) {
        this.scope = scope;
        this.maxOpenBytes = maxOpenBytes;
        this.maxLiveBytes = maxLiveBytes;
        this.maxHeapBytes = maxHeapBytes;
        this.detectors = List.copyOf(detectors);
        this.retentionMs = detectors.stream()
                .mapToLong(detector -> detector.retention().toMillis())
                .max()
                .orElse(0);
    }

    /** Open slices are written by key group, beside Flink's own keyed state. */
    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        long share = Math.min(MAX_OPEN_BYTES, HeapShare.ofTask(getRuntimeContext(), OPEN_SHARE));
        // On the heap, Flink's state has no more room than the slices themselves.
        slices = new OpenSlices(Math.min(maxOpenBytes, share), HeapShare.holds(getKeyedStateBackend()) ? 0 : share);
        for (KeyGroupStatePartitionStreamProvider group : context.getRawKeyedStateInputs()) {
            slices.read(group.getStream());
        }
        limiter = new FindingLimiter(getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks());
        alertsOfDay = context.getOperatorStateStore().getUnionListState(ALERTS_OF_DAY);
        limiter.read(alertsOfDay.get());
        feedback = context.getOperatorStateStore().getBroadcastState(FeedbackState.DESCRIPTOR);
    }

    @Override
    public void open() throws Exception {
        super.open();
        InternalTimerService<VoidNamespace> service =
                getInternalTimerService("wakes", VoidNamespaceSerializer.INSTANCE, this);
        timers = new SimpleTimerService(service);
        stateCodec = new KeyStateCodec(detectors);
        states = new KeyStates(
                stateCodec,
                new FlinkStore(getRuntimeContext().getState(KEY_STATE)),
                Math.min(maxLiveBytes, HeapShare.ofTask(getRuntimeContext(), LIVE_SHARE)),
                HeapShare.holds(getKeyedStateBackend())
                        ? Math.min(maxHeapBytes, HeapShare.ofTask(getRuntimeContext(), HEAP_SHARE))
                        : Long.MAX_VALUE,
                LimitCounter.open(getRuntimeContext(), Limit.KEYS_EVICTED));
        states.restore();
        newcomers = new NewcomerLimit();
        watermark = Long.MIN_VALUE;
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("weir");
        late = metrics.counter("activities_late");
        found = metrics.counter("findings");
        sums = new SliceSums(scope, SliceParts.open(getRuntimeContext()), getRuntimeContext());
        addressesRefused = LimitCounter.open(getRuntimeContext(), Limit.ADDRESSES_REFUSED);
        edgesRefused = LimitCounter.open(getRuntimeContext(), Limit.EDGES_REFUSED);
        entriesEvicted = LimitCounter.open(getRuntimeContext(), Limit.ENTRIES_EVICTED);
        findingsShared = LimitCounter.open(getRuntimeContext(), Limit.FINDINGS_SHARED);
        metrics.gauge("open_slice_bytes", slices::bytes);
        metrics.gauge("states_live", states::size);
        metrics.gauge("states_read", states::reads);
        metrics.gauge("states_written", states::writes);
    }

    /** Flink's state of the operator's key, which it sets. */
    private final class FlinkStore implements KeyStates.Store {
        private final ValueState<byte[]> value;

        private FlinkStore(ValueState<byte[]> value) {
            this.value = value;
        }

        @Override
        public byte @Nullable [] read(String key) throws Exception {
            setCurrentKey(key);
            return value.value();
        }

        @Override
        public void write(String key, byte[] bytes) throws Exception {
            setCurrentKey(key);
            value.update(bytes);
        }

        @Override
        public void remove(String key, long timerMs) {
            setCurrentKey(key);
            value.clear();
            if (timerMs != KeyState.NEVER) {
                timers.deleteEventTimeTimer(timerMs);
            }
        }

        @Override
        public List<String> keys() {
            try (Stream<String> keys = DetectorOperator.this
                    .<String>getKeyedStateBackend()
                    .getKeys(KEY_STATE.getName(), VoidNamespace.INSTANCE)) {
                return keys.toList();
            }
        }
    }

    @Override
    public void processElement1(StreamRecord<ActivityPart> element) throws Exception {
        ActivityPart part = element.getValue();
        if (RollUp.closed(part.sliceMs(), watermark)) {
            late.inc();
            return;
        }
        switch (slices.add(part.sliceMs(), (String) getCurrentKey(), part.activity())) {
            case SPILLED -> sums.spill(part);
            case LEFT_OUT -> sums.leaveOut();
            case KEPT -> {
                // It is closed with its slice.
            }
        }
    }

    @Override
    public void processElement2(StreamRecord<Feedback> element) throws Exception {
        FeedbackState.update(feedback, element.getValue());
        decisions = null;
    }

    /** Closes slices in their order, and between them lets the timers that are due before their ends fire. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermark = mark.getTimestamp();
        for (Long slice = slices.firstClosed(watermark); slice != null; slice = slices.firstClosed(watermark)) {
            long end = slice + Activity.SLICE_MS - 1;
            getTimeServiceManager().orElseThrow().advanceWatermark(new Watermark(end));
            for (Map.Entry<String, OpenSlices.Parts> each : slices.take(slice).entrySet()) {
                if (each.getValue().isSpilled()) {
                    setCurrentKey(each.getKey());
                }
                close(each.getKey(), slice, sums.take(slice, each.getValue()));
            }
        }
        isInputOver = watermark == Long.MAX_VALUE;
        super.processWatermark(mark);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        states.flush();
        alertsOfDay.clear();
        List<String> alerts = new ArrayList<>();
        limiter.write(alerts::add);
        alertsOfDay.addAll(alerts);
        int groups = getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
        slices.write(
                context.getRawKeyedOperatorStateOutput(), key -> KeyGroupRangeAssignment.assignToKeyGroup(key, groups));
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        // At the end of the input no edge counts as silent, and a timer that was set again would fire without end.
        if (!isInputOver) {
            fire(timer.getKey(), timer.getTimestamp());
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("there are no timers of processing time");
    }

    /**
     * Shows a key the slice without activity that one of its detectors asked for, or removes its state when that is of
     * no use any more.
     */
    private void fire(String key, long timestamp) throws Exception {
        KeyState state = states.find(key);
        // State of an earlier form has timers of other times for its removal, which it does not know.
        if (state == null || state.timerMs() != KeyState.NEVER && state.timerMs() != timestamp) {
            return;
        }
        state.setTimer(KeyState.NEVER);
        if (timestamp >= state.lastSliceMs() + retention(key)) {
            states.remove(key, state);
            return;
        }
        long slice = Activity.sliceOf(timestamp + 1) - Activity.SLICE_MS;
        boolean isDue = state.wakeMs() != KeyState.NEVER && Activity.sliceOf(state.wakeMs()) <= slice;
        // A slice with activity is closed after its timers.
        if (slices.contains(slice, key)) {
            return;
        }
        if (isDue) {
            run(state, new Slice(slice, List.of(), decisions(), DetectorKey.workload(key)), false, true);
        }
        setTimer(key, state, slice);
    }

    /** Shows a slice to the detectors and keeps their state. */
    private void close(String key, long slice, List<Activity> parts) throws Exception {
        List<Activity> activities = withoutRequests(parts);
        boolean isAddress = DetectorKey.isOfAddress(key);
        KeyState known = states.find(key);
        if (activities.isEmpty()) {
            sight(key, known, slice);
            return;
        }
        boolean isNew = known == null;
        boolean isFirst = known == null || known.slices() == 0;
        boolean isRemembered = !isNew || newcomers.hasRoom(slice, isAddress, isUnanswered(activities));
        KeyState state = known == null ? new KeyState(stateCodec, List.of()) : known;
        Slice whole = new Slice(slice, activities, decisions(), DetectorKey.workload(key));
        boolean hasState = run(state, whole, isFirst, isRemembered);
        if (isNew && !hasState) {
            return;
        }
        if (!isRemembered) {
            (isAddress ? addressesRefused : edgesRefused).inc();
            return;
        }
        state.countSlice(slice);
        if (isNew) {
            newcomers.count(isAddress, isUnanswered(activities));
            if (activities.size() > LARGE_SLICE) {
                stateCodec.weigh(state);
            }
            states.add(key, state);
        }
        setTimer(key, state, slice);
    }

    /** Shows a workload that is the other end of an activity to the detectors that learn for how long it is known. */
    private void sight(String key, @Nullable KeyState known, long slice) throws Exception {
        if (known == null && !newcomers.hasRoom(slice, false, false)) {
            return;
        }
        KeyState state = known == null ? new KeyState(stateCodec, List.of()) : known;
        Slice empty = new Slice(slice, List.of(), decisions(), DetectorKey.workload(key));
        boolean hasState = false;
        for (int i = 0; i < detectors.size(); i++) {
            if (detectors.get(i).learnsFromSights()) {
                hasState |= step(detectors.get(i), i, state, empty, true);
            }
        }
        if (known == null && !hasState) {
            return;
        }
        state.setLastSlice(Math.max(state.lastSliceMs(), slice), state.slices());
        if (known == null) {
            newcomers.count(false, false);
            states.add(key, state);
        }
        setTimer(key, state, slice);
    }

    /** The activities as the detectors count them; the same list where no record of a request is among them. */
    private static List<Activity> withoutRequests(List<Activity> activities) {
        for (Activity each : activities) {
            if (each.requestsAlone() > 0) {
                return activities.stream().map(Activity::withoutRequests).toList();
            }
        }
        return activities;
    }

    /**
     * Runs the detectors that a slice is shown to.
     *
     * @param isNew true for the first slice of the key with activity
     * @param isRemembered true to emit their baselines
     * @return true if one of them has state now
     */
    private boolean run(KeyState state, Slice slice, boolean isNew, boolean isRemembered) {
        boolean hasState = false;
        for (int i = 0; i < detectors.size(); i++) {
            Detector<?> detector = detectors.get(i);
            if (isShown(detector, slice.activities(), isNew)) {
                hasState |= step(detector, i, state, slice, isRemembered);
            }
        }
        return hasState;
    }

    private <S> boolean step(Detector<S> detector, int number, KeyState state, Slice slice, boolean isRemembered) {
        DetectorResult<S> result = detector.step(detector.stateType().cast(state.of(number)), slice);
        state.set(number, result.state());
        Long wakeMs = result.wakeMs();
        state.setWake(number, wakeMs == null ? KeyState.NEVER : wakeMs);
        entriesEvicted.inc(Eviction.takeEvicted());
        for (Finding finding : result.findings()) {
            found.inc();
            output.collect(new StreamRecord<>(limiter.limited(finding), slice.endMs() - 1));
            findingsShared.raiseTo(limiter.shared());
        }
        if (result.baseline() != null && isRemembered) {
            output.collect(BASELINES, new StreamRecord<>(result.baseline(), slice.endMs() - 1));
        }
        return result.state() != null;
    }

    private static boolean isShown(Detector<?> detector, List<Activity> activities, boolean isNew) {
        if (activities.isEmpty()) {
            return detector.wakes();
        }
        if (isNew) {
            return true;
        }
        for (Activity each : activities) {
            if (detector.concerns(each)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Sets the timer of a key to the slice after this one that its detectors ask for, or to the removal of its state.
     * An earlier timer stays.
     */
    private void setTimer(String key, KeyState state, long slice) {
        long due = CLEANUP.after(state.lastSliceMs() + retention(key));
        if (state.wakeMs() != KeyState.NEVER) {
            due = Math.min(due, wakeTimer(state.wakeMs(), slice));
        }
        if (state.timerMs() != KeyState.NEVER && state.timerMs() <= due) {
            return;
        }
        setCurrentKey(key);
        if (state.timerMs() != KeyState.NEVER) {
            timers.deleteEventTimeTimer(state.timerMs());
        }
        timers.registerEventTimeTimer(due);
        state.setTimer(due);
    }

    /** The end of the slice that a time is in, if that is after a slice; else of the one after it. */
    private static long wakeTimer(long ms, long slice) {
        return Math.max(Activity.sliceOf(ms), slice + Activity.SLICE_MS) + Activity.SLICE_MS - 1;
    }

    private Decisions decisions() throws Exception {
        if (decisions == null) {
            decisions = Decisions.of(FeedbackState.all(feedback));
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
}
