package dev.weir.analytics.operator;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.analytics.judge.Judge;
import dev.weir.analytics.judge.RollUp;
import dev.weir.model.ClusterNetworks;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Rejected;
import dev.weir.model.Topics;
import dev.weir.model.codec.FlowCursor;
import dev.weir.model.codec.FlowDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes, resolves and judges flows and rolls them up. The first input is flows, the second, broadcast, context
 * changes. The rolled-up edges live outside Flink's state: they are sent on before every checkpoint barrier, so a
 * checkpoint never holds any. Context is broadcast state. Time comes from the flows alone: the context's source counts
 * as idle.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class JudgeOperator extends AbstractStreamOperator<ActivityPart>
        implements TwoInputStreamOperator<RawFlow, ContextChange, ActivityPart> {
    public static final OutputTag<Finding> FINDINGS =
            new OutputTag<>("policy-outcomes", TypeInformation.of(Finding.class));
    public static final OutputTag<Rejected> REJECTED = new OutputTag<>("rejected", TypeInformation.of(Rejected.class));

    private static final long serialVersionUID = 1L;

    /** Flink's own logger is silent in {@code weir up}. */
    private static final Logger LOGGER = LoggerFactory.getLogger(JudgeOperator.class);

    private static final long PRUNE_EVERY_MS = Duration.ofMinutes(10).toMillis();
    private static final MapStateDescriptor<String, ContextChange> CONTEXT =
            new MapStateDescriptor<>("context", Types.STRING, TypeInformation.of(ContextChange.class));

    private final AnalyticsConfig config;
    private final ContextLoader loader;

    private transient FlowDecoder decoder;
    private transient Judge judge;
    private transient RollUp rollUp;
    private transient BroadcastState<String, ContextChange> context;
    private transient Counter judged;
    private transient Counter rejected;
    private transient LimitCounter late;
    private transient LimitCounter edgesLeftOut;
    private transient LimitCounter edgesMerged;
    private transient LimitCounter outcomesShared;
    private transient LimitCounter entriesEvicted;
    private transient Counter contextRejected;
    private transient Counter policiesUnknown;
    private transient long watermark;
    private transient long pruneAt;

    public JudgeOperator(AnalyticsConfig config, ContextLoader loader) {
        this.config = config;
        this.loader = loader;
    }

    @Override
    public void initializeState(StateInitializationContext state) throws Exception {
        super.initializeState(state);
        decoder = new FlowDecoder();
        judge = new Judge(config.history(), config.judgeIcmp(), Set.copyOf(config.networkAgents()));
        context = state.getOperatorStateStore().getBroadcastState(CONTEXT);
        for (Map.Entry<String, ContextChange> entry : context.entries()) {
            judge.apply(entry.getValue());
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        var metrics = getRuntimeContext().getMetricGroup().addGroup("weir");
        judged = metrics.counter("flows_judged");
        rejected = metrics.counter("flows_rejected");
        late = LimitCounter.open(getRuntimeContext(), Limit.FLOWS_LATE);
        edgesLeftOut = LimitCounter.open(getRuntimeContext(), Limit.EDGES_LEFT_OUT);
        edgesMerged = LimitCounter.open(getRuntimeContext(), Limit.EDGES_MERGED);
        outcomesShared = LimitCounter.open(getRuntimeContext(), Limit.OUTCOMES_SHARED);
        entriesEvicted = LimitCounter.open(getRuntimeContext(), Limit.JUDGE_ENTRIES_EVICTED);
        contextRejected = metrics.counter("context_rejected");
        policiesUnknown = metrics.counter("policies_unknown");
        rollUp = new RollUp(
                judge,
                ClusterNetworks.of(config.inside()),
                config.maxEdges(),
                activity -> output.collect(new StreamRecord<>(ActivityPart.of(activity), activity.sliceMs())),
                // A late flow's finding counts from now on, since operators do not sort records behind the watermark.
                finding -> output.collect(
                        FINDINGS, new StreamRecord<>(finding, Math.max(finding.lastSeenMs(), watermark + 1))));
        metrics.gauge("edges_open", rollUp::size);
        watermark = Long.MIN_VALUE;
        pruneAt = Long.MIN_VALUE;
        for (ContextChange change : loader.load()) {
            apply(change, null);
        }
    }

    @Override
    public void processElement1(StreamRecord<RawFlow> element) {
        RawFlow raw = element.getValue();
        try {
            FlowCursor flow = decoder.read(raw.value());
            requireNotAhead(flow);
            boolean isLate = RollUp.closed(flow.endMs(), watermark);
            if (isLate) {
                rollUp.addLate(flow);
            } else {
                rollUp.add(flow);
            }
            judged.inc();
            late.inc(isLate ? 1 : 0);
        } catch (InvalidRecordException e) {
            rejected.inc();
            reject(Topics.FLOWS, raw.value(), raw.partition(), raw.offset(), e);
        }
    }

    @Override
    public void processElement2(StreamRecord<ContextChange> element) throws Exception {
        ContextChange change = element.getValue();
        apply(change, context);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        // All parts of a slice go out before the watermark that closes it.
        flush(mark.getTimestamp());
        watermark = mark.getTimestamp();
        if (watermark >= pruneAt && watermark != Long.MAX_VALUE) {
            prune();
            pruneAt = watermark + PRUNE_EVERY_MS;
        }
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        flush(Long.MAX_VALUE);
        super.prepareSnapshotPreBarrier(checkpointId);
    }

    @Override
    public void finish() throws Exception {
        flush(Long.MAX_VALUE);
        super.finish();
    }

    private void flush(long untilMs) {
        rollUp.flush(untilMs);
        edgesLeftOut.raiseTo(rollUp.leftOut());
        edgesMerged.raiseTo(rollUp.mergedUnconfirmed());
        outcomesShared.raiseTo(rollUp.sharedOutcomes());
        entriesEvicted.raiseTo(rollUp.entriesEvicted());
    }

    private void apply(ContextChange change, @Nullable BroadcastState<String, ContextChange> state) throws Exception {
        try {
            judge.apply(change);
            if (state != null) {
                state.put(stateKey(change), change);
            }
            String unknown = judge.unknownPolicy();
            if (unknown != null) {
                policiesUnknown.inc();
                LOGGER.warn(
                        "policy {} cannot be evaluated, so flows that it may be about get no decision: {}",
                        change.key(),
                        unknown);
            }
        } catch (InvalidRecordException e) {
            contextRejected.inc();
            LOGGER.warn("{} is rejected: {}", change.key(), e.getMessage());
            if (state != null && getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
                String object = change.object() == null ? "" : change.object();
                byte[] value = object.getBytes(StandardCharsets.UTF_8);
                reject(Topics.CONTEXT, value, 0, -1, e.under(change.key()));
            }
        }
    }

    private void prune() throws Exception {
        judge.prune(watermark);
        Set<String> kept = new HashSet<>();
        judge.changes().forEach(change -> kept.add(stateKey(change)));
        Set<String> gone = new HashSet<>();
        context.entries().forEach(entry -> {
            if (!kept.contains(entry.getKey())) {
                gone.add(entry.getKey());
            }
        });
        for (String key : gone) {
            context.remove(key);
        }
    }

    private static String stateKey(ContextChange change) {
        return change.key() + "@" + change.validFromMs();
    }

    private void requireNotAhead(FlowCursor flow) {
        long latest = EventTime.latest(
                config.maxClockSkew(), getProcessingTimeService().getCurrentProcessingTime());
        if (flow.endMs() > latest) {
            throw new InvalidRecordException(
                    "end_ms", flow.endMs() + " is more than " + config.maxClockSkew() + " ahead of the clock");
        }
    }

    private void reject(Topics topic, byte[] value, int partition, long offset, InvalidRecordException e) {
        byte[] shown = value.length <= Rejected.MAX_VALUE ? value : Arrays.copyOf(value, Rejected.MAX_VALUE);
        Rejected record = new Rejected(
                String.valueOf(e.getMessage()),
                e.field(),
                topic.topic(),
                partition,
                offset,
                Base64.getEncoder().encodeToString(shown));
        output.collect(REJECTED, new StreamRecord<>(record));
    }
}
