package dev.weir.analytics.judge;

import dev.weir.analytics.Finding;
import dev.weir.model.Activity;
import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges flows and adds them up by edge and slice. Flows of the same ends, port, verdict and generation of the context
 * are resolved and judged once. A policy outcome is told at its first flow; the rest of its flows when the slice is
 * flushed. For one thread.
 */
public final class RollUp {
    private final Judge judge;
    private final int maxEdges;
    private final Consumer<Activity> activities;
    private final Consumer<Finding> findings;
    /** By slice, so that a watermark touches only what it closes. */
    private final TreeMap<Long, Map<Key, EdgeSlice>> slices = new TreeMap<>();

    private int size;

    /** What flows must share to be one edge. {@code epoch} tells apart flows before and after a context change. */
    private record Key(
            long sliceMs,
            String sourceIp,
            String destinationIp,
            @Nullable String sourcePod,
            @Nullable String destinationPod,
            @Nullable String sourceWorkload,
            @Nullable String destinationWorkload,
            @Nullable Integer port,
            String protocol,
            Verdict observed,
            boolean seenLeavingOnly,
            @Nullable String cluster,
            long epoch,
            long generation) {}

    public RollUp(Judge judge, int maxEdges, Consumer<Activity> activities, Consumer<Finding> findings) {
        this.judge = judge;
        this.maxEdges = maxEdges;
        this.activities = activities;
        this.findings = findings;
    }

    /** Takes in a flow that is in time. */
    public void add(Flow flow) {
        Key key = key(flow);
        Map<Key, EdgeSlice> slice = slices.get(key.sliceMs());
        EdgeSlice edge = slice == null ? null : slice.get(key);
        if (edge == null) {
            if (size >= maxEdges) {
                flush(Long.MAX_VALUE);
            }
            edge = new EdgeSlice(judge.judge(flow), key.sliceMs());
            edge.add(flow);
            slices.computeIfAbsent(key.sliceMs(), ms -> new LinkedHashMap<>()).put(key, edge);
            size++;
            tell(edge, 1);
        } else {
            edge.add(flow);
        }
    }

    /** Judges a flow whose slice is over: policy has its say, but it is part of no activity any more. */
    public void addLate(Flow flow) {
        EdgeSlice alone = new EdgeSlice(judge.judge(flow), Activity.sliceOf(flow.endMs()));
        alone.add(flow);
        tell(alone, 1);
    }

    /** Whether a watermark, which says that nothing up to it will come any more, closes the slice of a time. */
    public static boolean closed(long ms, long watermark) {
        return Activity.sliceOf(ms) + Activity.SLICE_MS - 1 <= watermark;
    }

    /** Sends on the slices that a watermark closes. */
    public void flush(long watermark) {
        while (!slices.isEmpty() && closed(slices.firstKey(), watermark)) {
            for (EdgeSlice edge : slices.pollFirstEntry().getValue().values()) {
                tell(edge, edge.connections() - 1);
                activities.accept(edge.activity());
                size--;
            }
        }
    }

    /** How many edges are being added up. */
    public int size() {
        return size;
    }

    private void tell(EdgeSlice edge, long count) {
        Finding finding = edge.finding(count);
        if (finding != null) {
            findings.accept(finding);
        }
    }

    private Key key(Flow flow) {
        return new Key(
                Activity.sliceOf(flow.endMs()),
                flow.source().ip(),
                flow.destination().ip(),
                flow.source().pod(),
                flow.destination().pod(),
                flow.source().workload(),
                flow.destination().workload(),
                flow.destination().port(),
                flow.protocol(),
                ConnectionOutcome.observed(flow),
                ConnectionOutcome.isSeenLeavingOnly(flow),
                flow.cluster(),
                judge.epoch(flow.startMs()),
                judge.generation());
    }
}
