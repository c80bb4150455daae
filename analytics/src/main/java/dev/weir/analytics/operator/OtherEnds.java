package dev.weir.analytics.operator;

import dev.weir.analytics.detector.DetectorScope;
import dev.weir.common.Millis;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Sends the detectors of a scope a sight of each workload that is the other end of an activity, once an hour from each
 * task. So a workload that only answers is known for a time when it first connects, and one that only connects when it
 * is first answered for. For one thread.
 */
public final class OtherEnds implements FlatMapFunction<ActivityPart, ActivityPart> {
    private static final long serialVersionUID = 1L;

    /** The most workloads of which a task sends a sight in an hour. */
    static final int MOST = 20_000;

    private final DetectorScope scope;

    @SuppressWarnings("serial") // a hash set, which is serializable
    private final Set<String> seen = new HashSet<>();

    private long hour = Long.MIN_VALUE;

    /** Creates the sights for a scope of one end. */
    public OtherEnds(DetectorScope scope) {
        this.scope = scope;
    }

    @Override
    public void flatMap(ActivityPart part, Collector<ActivityPart> out) {
        String end = scope == DetectorScope.SOURCE ? part.destination() : part.source();
        if (!DetectorKey.isWorkload(end)) {
            return;
        }
        long now = Math.floorDiv(part.sliceMs(), Millis.HOUR);
        if (now > hour) {
            hour = now;
            seen.clear();
        }
        if (now == hour && seen.size() < MOST && seen.add(part.cluster() + "|" + end)) {
            out.collect(ActivityPart.sight(part.sliceMs(), part.cluster(), end));
        }
    }
}
