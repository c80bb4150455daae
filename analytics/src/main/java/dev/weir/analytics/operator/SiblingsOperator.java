package dev.weir.analytics.operator;

import dev.weir.analytics.Finding;
import dev.weir.analytics.Limit;
import dev.weir.analytics.correlate.Siblings;
import dev.weir.model.Baseline;
import dev.weir.model.Entity;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Weighs a workload's new members by the baselines of its namespace's other workloads ({@link Siblings}).
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
public final class SiblingsOperator extends FindingWeigher {
    private static final long serialVersionUID = 1L;
    /**
     * The most baselines of one namespace, one for each workload and detector; those not updated for longest make room.
     */
    private static final int MAX_USUAL = 3_000;

    private transient RecentEntries<Siblings.Usual> usual;

    /** Reliable baselines, and those that were, of open slices. */
    private transient ListState<Siblings.Usual> changed;

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
        super.open(context);
        TypeInformation<Siblings.Usual> type = TypeInformation.of(Siblings.Usual.class);
        usual = RecentEntries.open(
                getRuntimeContext(),
                "usual",
                Siblings.Usual.class,
                Siblings.Usual::updatedMs,
                MAX_USUAL,
                LimitCounter.open(getRuntimeContext(), Limit.SIBLINGS_EVICTED));
        changed = getRuntimeContext().getListState(new ListStateDescriptor<>("changed", type));
    }

    @Override
    boolean isWeighed(Finding finding) {
        boolean hasSiblings = finding.source().workload() != null
                || !Siblings.workload(finding).equals(finding.source());
        return hasSiblings && Siblings.concerns(finding);
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
            forgetLater(baseline.updatedMs(), context);
        }
    }

    @Override
    List<Finding> weighed(List<Finding> due, long nowMs) throws Exception {
        List<Siblings.Usual> all = usual.recent(nowMs);
        return due.stream().map(finding -> Siblings.weighed(finding, all)).toList();
    }

    @Override
    boolean cleanUp(long nowMs) throws Exception {
        return !usual.recent(nowMs).isEmpty();
    }

    @Override
    void learn(long nowMs) throws Exception {
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
