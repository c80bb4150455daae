package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.analytics.correlate.Prevalence;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.model.Baseline;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Weighs findings about peers outside by the sources of the cluster that use them ({@link Prevalence}), which are those
 * with the peer in their baseline of peers outside. Findings wait for the end of their slice, so that earlier baselines
 * are known in any order of arrival.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class PrevalenceOperator extends KeyedCoProcessFunction<String, Finding, Baseline, Finding> {
    private static final long serialVersionUID = 1L;

    /** The most peers of one cluster; those used least recently make room. */
    private static final int MAX_PEERS = 30_000;

    /** The most findings of one cluster that wait for the end of their slice. */
    private static final int MAX_WAITING = 10_000;

    private static final CleanupTimer CLEANUP =
            new CleanupTimer(Duration.ofDays(1).toMillis());
    private static final Comparator<Finding> ORDER =
            Comparator.comparingLong(Finding::lastSeenMs).thenComparing(Finding::fingerprint);

    private transient RecentEntries<Prevalence.Users> peers;
    private transient ValueState<Prevalence.Sources> sources;
    private transient SliceBuffer<Finding> waiting;
    private transient LimitCounter unweighed;

    /** The key of the finding's cluster. */
    public static String key(Finding finding) {
        return Objects.requireNonNullElse(finding.cluster(), "");
    }

    /** The same key for a baseline. */
    public static String key(Baseline baseline) {
        return Objects.requireNonNullElse(baseline.cluster(), "");
    }

    /** True for a baseline of peers outside. */
    public static boolean concerns(Baseline baseline) {
        return baseline.detector().equals(NewExternal.TYPE.id());
    }

    @Override
    public void open(OpenContext context) {
        peers = RecentEntries.open(
                getRuntimeContext(),
                "peers",
                Prevalence.Users.class,
                Prevalence.Users::updatedMs,
                MAX_PEERS,
                LimitCounter.open(getRuntimeContext(), Limit.PEERS_EVICTED));
        sources = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("sources", TypeInformation.of(Prevalence.Sources.class)));
        waiting = SliceBuffer.open(getRuntimeContext(), Finding.class, ORDER, MAX_WAITING);
        unweighed = LimitCounter.open(getRuntimeContext(), Limit.FINDINGS_UNWEIGHED);
    }

    @Override
    public void processElement1(Finding finding, Context context, Collector<Finding> out) throws Exception {
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
        long first = Long.MAX_VALUE;
        for (Baseline.Member member : baseline.members()) {
            if (!member.quarantined()) {
                first = Math.min(first, member.firstSeenMs());
                peers.put(
                        member.name(),
                        Prevalence.Users.with(peers.get(member.name()), baseline, member),
                        baseline.updatedMs());
            }
        }
        if (first < Long.MAX_VALUE) {
            Prevalence.Sources known = sources.value();
            sources.update(
                    (known == null ? Prevalence.Sources.since(baseline.updatedMs()) : known).with(baseline, first));
            CLEANUP.setAfter(baseline.updatedMs(), context.timerService());
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Finding> out) throws Exception {
        if (CLEANUP.isAt(timestamp)) {
            cleanUp(timestamp, context);
            return;
        }
        for (Finding finding : waiting.takeDue(timestamp)) {
            String peer = Objects.requireNonNull(Prevalence.peer(finding), "of a peer outside");
            out.collect(Prevalence.weighed(finding, sources.value(), peers.get(peer)));
        }
    }

    private void cleanUp(long nowMs, OnTimerContext context) throws Exception {
        if (peers.recent(nowMs).isEmpty()) {
            sources.clear();
        } else if (context.timerService().currentWatermark() < Long.MAX_VALUE) {
            CLEANUP.setAfter(nowMs, context.timerService());
        }
    }
}
