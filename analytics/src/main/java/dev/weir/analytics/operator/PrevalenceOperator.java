package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.analytics.correlate.Prevalence;
import dev.weir.analytics.detector.newexternal.NewExternal;
import dev.weir.model.Baseline;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.Collector;

/**
 * Weighs findings about peers outside by the sources of the cluster that use them ({@link Prevalence}), which are those
 * with the peer in their baseline of peers outside.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class PrevalenceOperator extends FindingWeigher {
    private static final long serialVersionUID = 1L;

    /** The most peers of one cluster; those used least recently make room. */
    private static final int MAX_PEERS = 30_000;

    private transient RecentEntries<Prevalence.Users> peers;
    private transient ValueState<Prevalence.Sources> sources;

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
        super.open(context);
        peers = RecentEntries.open(
                getRuntimeContext(),
                "peers",
                Prevalence.Users.class,
                Prevalence.Users::updatedMs,
                MAX_PEERS,
                LimitCounter.open(getRuntimeContext(), Limit.PEERS_EVICTED));
        sources = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("sources", TypeInformation.of(Prevalence.Sources.class)));
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
            forgetLater(baseline.updatedMs(), context);
        }
    }

    /** Baselines are known at once: only what began an hour before a finding speaks for its peer. */
    @Override
    void learn(long nowMs) {}

    @Override
    boolean isWeighed(Finding finding) {
        return Prevalence.peer(finding) != null;
    }

    @Override
    List<Finding> weighed(List<Finding> due, long nowMs) throws Exception {
        List<Finding> weighed = new ArrayList<>(due.size());
        for (Finding finding : due) {
            String peer = Objects.requireNonNull(Prevalence.peer(finding), "of a finding that is weighed");
            weighed.add(Prevalence.weighed(finding, sources.value(), peers.get(peer)));
        }
        return weighed;
    }

    @Override
    boolean cleanUp(long nowMs) throws Exception {
        boolean isEmpty = peers.recent(nowMs).isEmpty();
        if (isEmpty) {
            sources.clear();
        }
        return !isEmpty;
    }
}
