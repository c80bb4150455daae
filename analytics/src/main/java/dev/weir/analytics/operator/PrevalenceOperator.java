package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.analytics.correlate.Prevalence;
import dev.weir.analytics.detector.Detectors;
import dev.weir.analytics.detector.Weighing;
import dev.weir.model.Baseline;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Weighs findings about one peer by the sources of the cluster that use it, which are those with the peer in their
 * baseline of peers outside, or are reported for it ({@link Prevalence}).
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

    /** True for a baseline of the peers of a source. */
    public static boolean concerns(Baseline baseline) {
        Weighing weighing = Detectors.weighing(baseline.detector());
        return weighing == Weighing.NEW_PEER || weighing == Weighing.NEW_EDGE;
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
        boolean isOutside = Detectors.weighing(baseline.detector()) == Weighing.NEW_PEER;
        for (Baseline.Member member : baseline.members()) {
            if (isOutside && !member.quarantined()) {
                put(member.name(), Prevalence.Users.with(peers.get(member.name()), baseline));
            }
        }
        Prevalence.Sources known = sources.value();
        sources.update((known == null ? Prevalence.Sources.none() : known).with(baseline));
        forgetLater(baseline.updatedMs(), context);
    }

    private void put(String peer, Prevalence.@Nullable Users users) throws Exception {
        if (users != null) {
            peers.put(peer, users, users.updatedMs());
        }
    }

    /** Baselines are taken in at once, with the time since when they hold a peer. */
    @Override
    void learn(long nowMs) {}

    @Override
    boolean isWeighed(Finding finding) {
        return Prevalence.peer(finding) != null;
    }

    @Override
    List<Finding> weighed(List<Finding> due, long nowMs) throws Exception {
        for (Finding finding : due) {
            String peer = peer(finding);
            put(peer, Prevalence.Users.with(peers.get(peer), finding));
        }
        List<Finding> weighed = new ArrayList<>(due.size());
        for (Finding finding : due) {
            weighed.add(Prevalence.weighed(finding, sources.value(), peers.get(peer(finding))));
        }
        return weighed;
    }

    private static String peer(Finding finding) {
        return Objects.requireNonNull(Prevalence.peer(finding), "of a finding that is weighed");
    }

    @Override
    boolean cleanUp(long nowMs) throws Exception {
        boolean isEmpty = peers.recent(nowMs).isEmpty();
        Prevalence.Sources known = sources.value();
        if (known == null || known.isOver(nowMs)) {
            sources.clear();
            return !isEmpty;
        }
        return true;
    }
}
