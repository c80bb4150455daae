package dev.weir.analytics.judge;

import dev.weir.analytics.Activities;
import dev.weir.analytics.Finding;
import dev.weir.analytics.Sums;
import dev.weir.model.Activity;
import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.util.Collection;
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

    private final Crowds crowds = new Crowds();
    private @Nullable Map<Key, EdgeSlice> slice;
    private long sliceMs;
    private int size;
    private long left;
    private final Lateness lateness = new Lateness();

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
        EdgeSlice edge = slice(key.sliceMs()).get(key);
        if (edge == null) {
            if (size >= maxEdges) {
                flush(Long.MAX_VALUE);
            }
            edge = new EdgeSlice(judge.judge(flow), key.sliceMs(), crowds);
            edge.add(flow, lateness.percent(flow.reporter()));
            slice(key.sliceMs()).put(key, edge);
            size++;
            tell(edge, 1);
        } else {
            edge.add(flow, lateness.percent(flow.reporter()));
        }
    }

    /** Most flows are of the slice of the one before. */
    private Map<Key, EdgeSlice> slice(long ms) {
        if (slice == null || ms != sliceMs) {
            slice = slices.computeIfAbsent(ms, each -> new LinkedHashMap<>());
            sliceMs = ms;
        }
        return slice;
    }

    /** Judges a flow whose slice is over: policy has its say, but it is part of no activity any more. */
    public void addLate(Flow flow) {
        lateness.late(flow.reporter());
        EdgeSlice alone = new EdgeSlice(judge.judge(flow), Activity.sliceOf(flow.endMs()), crowds);
        alone.add(flow, 0);
        tell(alone, 1);
    }

    /** Whether a watermark, which says that nothing up to it will come any more, closes the slice of a time. */
    public static boolean closed(long ms, long watermark) {
        return Activity.sliceOf(ms) + Activity.SLICE_MS - 1 <= watermark;
    }

    /** Sends on the slices that a watermark closes. */
    public void flush(long watermark) {
        slice = null;
        while (!slices.isEmpty() && closed(slices.firstKey(), watermark)) {
            Collection<EdgeSlice> edges = slices.pollFirstEntry().getValue().values();
            for (EdgeSlice edge : edges) {
                tell(edge, edge.connections() - 1);
            }
            send(edges);
            size -= edges.size();
        }
    }

    /** Pods of one workload are one source and one destination from here on. */
    private void send(Collection<EdgeSlice> edges) {
        Map<String, Activity> byEdge = new LinkedHashMap<>();
        for (EdgeSlice edge : edges) {
            Activity activity = edge.activity();
            byEdge.merge(activity.edgeKey(), activity, Activities::merged);
        }
        if (byEdge.size() <= Sums.MAX_EDGES) {
            byEdge.values().forEach(activities);
            return;
        }
        Map<String, Sums> byDestination = new TreeMap<>();
        for (Activity activity : byEdge.values()) {
            byDestination
                    .computeIfAbsent(activity.destination().key(), key -> Sums.ofDestination())
                    .add(activity);
        }
        Map<String, Sums> bySource = new TreeMap<>();
        for (Sums sums : byDestination.values()) {
            left += sums.left();
            for (Activity activity : sums.activities()) {
                bySource.computeIfAbsent(activity.source().key(), key -> Sums.ofSource())
                        .add(activity);
            }
        }
        for (Sums sums : bySource.values()) {
            left += sums.left();
            sums.activities().forEach(activities);
        }
    }

    /** How many edges were left out because one source or destination had too many in a slice. */
    public long left() {
        return left;
    }

    /** How many outcomes were told of several addresses rather than of one by name. */
    public long unnamed() {
        return crowds.unnamed();
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
