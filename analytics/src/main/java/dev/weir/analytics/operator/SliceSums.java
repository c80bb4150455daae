package dev.weir.analytics.operator;

import dev.weir.analytics.Limit;
import dev.weir.analytics.SliceAggregator;
import dev.weir.analytics.detector.DetectorScope;
import dev.weir.model.Activity;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.ActivityCodec;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes the parts of a closed slice and adds them up, those that found no room on the heap included. */
final class SliceSums {
    private static final Logger LOG = LoggerFactory.getLogger(SliceSums.class);

    private final DetectorScope scope;
    private final SliceParts spilled;
    private final ActivityCodec codec = new ActivityCodec();
    private final Counter partsSpilled;
    private final LimitCounter partsLeftOut;
    private final Counter folded;
    private final LimitCounter leftOut;
    private final Counter unreadable;

    /**
     * Creates the sums of a scope.
     *
     * @param spilled the parts without room on the heap, of the operator's current key
     */
    SliceSums(DetectorScope scope, SliceParts spilled, RuntimeContext context) {
        this.scope = scope;
        this.spilled = spilled;
        MetricGroup metrics = context.getMetricGroup().addGroup("weir");
        partsSpilled = metrics.counter("parts_spilled");
        partsLeftOut = LimitCounter.open(context, Limit.PARTS_LEFT_OUT);
        folded = LimitCounter.open(context, Limit.SLICES_FOLDED);
        leftOut = LimitCounter.open(context, Limit.EDGES_LEFT_OUT);
        unreadable = metrics.counter("parts_unreadable");
    }

    /** Keeps a part of the current key that has no room on the heap. */
    void spill(ActivityPart part) throws Exception {
        spilled.add(part.sliceMs(), part.activity());
        partsSpilled.inc();
    }

    /** Counts a part that has no room anywhere. */
    void leaveOut() {
        partsLeftOut.inc();
    }

    /**
     * Returns the sums of the parts of the current key in a slice, sorted, and removes those that were spilled; none for
     * a key of which there is only a sight.
     */
    List<Activity> take(long sliceMs, OpenSlices.Parts parts) throws Exception {
        if (parts.onHeap().size() == 1 && !parts.isSpilled()) {
            byte[] part = parts.onHeap().get(0);
            Activity only = part.length == 0 ? null : decoded(part, sliceMs);
            return only == null ? List.of() : List.of(only);
        }
        SliceAggregator sums =
                switch (scope) {
                    case SOURCE -> SliceAggregator.ofSource();
                    case EDGE -> SliceAggregator.ofEdge();
                    case DESTINATION -> SliceAggregator.ofDestination();
                };
        parts.onHeap().forEach(part -> add(part, sliceMs, sums));
        if (parts.isSpilled()) {
            spilled.take(sliceMs, part -> add(part, sliceMs, sums));
        }
        folded.inc(sums.isFolded() ? 1 : 0);
        leftOut.inc(sums.leftOut());
        return sums.activities();
    }

    private void add(byte[] part, long sliceMs, SliceAggregator sums) {
        Activity activity = part.length == 0 ? null : decoded(part, sliceMs);
        if (activity != null) {
            sums.add(activity);
        }
    }

    private @Nullable Activity decoded(byte[] part, long sliceMs) {
        try {
            return codec.decode(part);
        } catch (InvalidRecordException e) {
            // The judge has encoded it, so this is a bug; to fail would repeat it with every restart.
            unreadable.inc();
            LOG.error(
                    "a part of the slice at {} cannot be read: {}; its flows are lost to detectors",
                    sliceMs,
                    e.getMessage());
            return null;
        }
    }
}
