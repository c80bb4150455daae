package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.common.Millis;
import dev.weir.model.Baseline;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Weighs findings by the baselines of other workloads. Findings wait for the end of their slice, so that the baselines
 * of the same slice are known in any order of arrival.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
abstract class FindingWeigher extends KeyedCoProcessFunction<String, Finding, Baseline, Finding> {
    private static final long serialVersionUID = 1L;

    /**
     * The most findings of one key that wait for the end of their slice. When a backlog is read, the detectors of
     * one scope are ahead of the others by as many slices as Flink's network buffers hold, some hundreds.
     */
    private static final int MAX_WAITING = 10_000;

    private static final CleanupTimer CLEANUP = new CleanupTimer(Millis.DAY);
    private static final Comparator<Finding> ORDER =
            Comparator.comparingLong(Finding::lastSeenMs).thenComparing(Finding::fingerprint);

    private transient SliceBuffer<Finding> waiting;
    private transient LimitCounter unweighed;

    /** True if a finding has others to be weighed by. */
    abstract boolean isWeighed(Finding finding);

    /** Weighs the findings that are due at a time. */
    abstract List<Finding> weighed(List<Finding> due, long nowMs) throws Exception;

    /** Takes in the baselines up to a time; called before findings of that time are weighed. */
    abstract void learn(long nowMs) throws Exception;

    /** Forgets old baselines; false if none is left. */
    abstract boolean cleanUp(long nowMs) throws Exception;

    /** Sees to it that the baselines of the present key are looked through for old ones. */
    final void forgetLater(long updatedMs, Context context) {
        CLEANUP.setAfter(updatedMs, context.timerService());
    }

    @Override
    public void open(OpenContext context) {
        waiting = SliceBuffer.open(getRuntimeContext(), Finding.class, ORDER, MAX_WAITING);
        unweighed = LimitCounter.open(getRuntimeContext(), Limit.FINDINGS_UNWEIGHED);
    }

    @Override
    public final void processElement1(Finding finding, Context context, Collector<Finding> out) throws Exception {
        boolean isWeighed = isWeighed(finding);
        if (!isWeighed || waiting.isFull()) {
            unweighed.inc(isWeighed ? 1 : 0);
            out.collect(finding);
            return;
        }
        long due = EventTime.sliceEnd(context.timestamp(), finding.lastSeenMs());
        waiting.add(due, finding);
        context.timerService().registerEventTimeTimer(due);
    }

    @Override
    public final void onTimer(long timestamp, OnTimerContext context, Collector<Finding> out) throws Exception {
        learn(timestamp);
        if (CLEANUP.isAt(timestamp)) {
            if (context.timerService().currentWatermark() < Long.MAX_VALUE && cleanUp(timestamp)) {
                CLEANUP.setAfter(timestamp, context.timerService());
            }
            return;
        }
        List<Finding> due = waiting.takeDue(timestamp);
        if (!due.isEmpty()) {
            weighed(due, timestamp).forEach(out::collect);
        }
    }
}
