package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.analytics.correlate.Siblings;
import dev.weir.model.Baseline;
import dev.weir.model.Entity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Weighs a workload's new members by the baselines of its namespace's other workloads ({@link Siblings}). Findings wait
 * for the end of their slice, so that the baselines of the same slice are known in any order of arrival.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class SiblingsOperator extends KeyedCoProcessFunction<String, Finding, Baseline, Finding> {
    private static final long serialVersionUID = 1L;
    /**
     * The most baselines of one namespace, one for each workload and detector; those not updated for longest make room.
     */
    private static final int MAX_USUAL = 3_000;

    /**
     * The most findings of one namespace that wait for the end of their slice. When a backlog is read, the detectors of
     * one scope are ahead of the others by as many slices as Flink's network buffers hold, some hundreds.
     */
    private static final int MAX_WAITING = 10_000;

    private static final CleanupTimer CLEANUP =
            new CleanupTimer(Duration.ofDays(1).toMillis());
    private static final Comparator<Finding> ORDER =
            Comparator.comparingLong(Finding::lastSeenMs).thenComparing(Finding::fingerprint);

    private transient RecentEntries<Siblings.Usual> usual;

    /** Reliable baselines, and those that were, of open slices. */
    private transient ListState<Siblings.Usual> changed;

    private transient SliceBuffer<Finding> waiting;
    private transient LimitCounter unweighed;

    /** The key of a namespace of a cluster; an entity without a namespace has a key of its own. */
    public static String key(Finding finding) {
        return key(finding.cluster(), Siblings.workload(finding));
    }

    /** The same key for a baseline. */
    public static String key(Baseline baseline) {
        return key(baseline.cluster(), baseline.workload());
    }

    private static String key(@Nullable String cluster, Entity workload) {
        String namespace = workload.workload() == null ? null : workload.namespace();
        return (cluster == null ? "" : cluster) + "|" + (namespace == null ? workload.key() : namespace);
    }

    @Override
    public void open(OpenContext context) {
        TypeInformation<Siblings.Usual> type = TypeInformation.of(Siblings.Usual.class);
        usual = RecentEntries.open(
                getRuntimeContext(),
                "usual",
                Siblings.Usual.class,
                Siblings.Usual::updatedMs,
                MAX_USUAL,
                LimitCounter.open(getRuntimeContext(), Limit.SIBLINGS_EVICTED));
        changed = getRuntimeContext().getListState(new ListStateDescriptor<>("changed", type));
        waiting = SliceBuffer.open(getRuntimeContext(), Finding.class, ORDER, MAX_WAITING);
        unweighed = LimitCounter.open(getRuntimeContext(), Limit.FINDINGS_UNWEIGHED);
    }

    @Override
    public void processElement1(Finding finding, Context context, Collector<Finding> out) throws Exception {
        if (finding.source().workload() == null && Siblings.workload(finding).equals(finding.source())) {
            out.collect(finding);
            return;
        }
        if (waiting.isFull()) {
            unweighed.inc();
            out.collect(finding);
            return;
        }
        long due = EventTime.sliceEnd(context.timestamp(), finding.lastSeenMs());
        waiting.add(due, finding);
        context.timerService().registerEventTimeTimer(due);
    }

    @Override
    public void processElement2(Baseline baseline, Context context, Collector<Finding> out) throws Exception {
        if (baseline.workload().workload() == null || baseline.workload().namespace() == null) {
            return;
        }
        Siblings.Usual each = Siblings.Usual.of(baseline);
        if (each.isReliable() || usual.get(key(each)) != null) {
            changed.add(each);
            context.timerService().registerEventTimeTimer(baseline.updatedMs() - 1);
            CLEANUP.setAfter(baseline.updatedMs(), context.timerService());
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Finding> out) throws Exception {
        learn(timestamp);
        if (CLEANUP.isAt(timestamp)) {
            if (context.timerService().currentWatermark() < Long.MAX_VALUE
                    && !usual.recent(timestamp).isEmpty()) {
                CLEANUP.setAfter(timestamp, context.timerService());
            }
            return;
        }
        List<Finding> due = waiting.takeDue(timestamp);
        if (!due.isEmpty()) {
            List<Siblings.Usual> all = usual.recent(timestamp);
            due.forEach(finding -> out.collect(Siblings.weighed(finding, all)));
        }
    }

    /** Stores the baselines up to a time. */
    private void learn(long nowMs) throws Exception {
        List<Siblings.Usual> later = new ArrayList<>();
        boolean any = false;
        for (Siblings.Usual each : changed.get()) {
            if (each.updatedMs() - 1 > nowMs) {
                later.add(each);
                continue;
            }
            any = true;
            Siblings.Usual before = usual.get(key(each));
            if (before == null || before.updatedMs() < each.updatedMs()) {
                usual.put(key(each), each, nowMs);
            }
        }
        if (any) {
            changed.update(later);
        }
    }

    private static String key(Siblings.Usual usual) {
        return usual.detector() + "|" + usual.workload();
    }
}
