package dev.weir.analytics.judge;

import dev.weir.analytics.Activities;
import dev.weir.analytics.Finding;
import dev.weir.analytics.Sums;
import dev.weir.model.Activity;
import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Endpoint;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowCursor;
import dev.weir.model.codec.FlowTail;
import java.util.Arrays;
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
    /** A power of two. */
    private static final int RECENT = 1 << 12;

    private final Judge judge;
    private final int maxEdges;
    private final Consumer<Activity> activities;
    private final Consumer<Finding> findings;
    /** By slice, so that a watermark touches only what it closes. */
    private final TreeMap<Long, Map<Key, EdgeSlice>> slices = new TreeMap<>();

    private final @Nullable Recent[] recent = new Recent[RECENT];
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
            int port,
            String protocol,
            Verdict observed,
            boolean seenLeavingOnly,
            @Nullable String cluster,
            long epoch,
            long generation) {}

    /** The edge of a flow, so long as flows of the same objects come: most of the time, and without looking at texts. */
    private record Recent(
            Endpoint source,
            Endpoint destination,
            int port,
            FlowTail tail,
            Verdict observed,
            boolean seenLeavingOnly,
            long sliceMs,
            long epoch,
            long generation,
            EdgeSlice edge) {

        @SuppressWarnings("ReferenceEquality") // the same object has the same names
        boolean is(FlowCursor flow, Verdict verdict, boolean leavingOnly, long ms, long since, long changes) {
            return source == flow.source().who()
                    && destination == flow.destination().who()
                    && port == flow.destination().port()
                    && tail == flow.tail()
                    && observed == verdict
                    && seenLeavingOnly == leavingOnly
                    && sliceMs == ms
                    && epoch == since
                    && generation == changes;
        }
    }

    public RollUp(Judge judge, int maxEdges, Consumer<Activity> activities, Consumer<Finding> findings) {
        this.judge = judge;
        this.maxEdges = maxEdges;
        this.activities = activities;
        this.findings = findings;
    }

    /** Takes in a flow that is in time. */
    public void add(FlowCursor flow) {
        int latePercent = lateness.percent(flow.tail().reporter());
        Verdict observed = flow.observed();
        boolean seenLeavingOnly = isSeenLeavingOnly(flow);
        long ms = Activity.sliceOf(flow.endMs());
        long epoch = judge.epoch(flow.startMs());
        int place = place(flow);
        Recent there = recent[place];
        if (there != null && there.is(flow, observed, seenLeavingOnly, ms, epoch, judge.generation())) {
            there.edge.add(flow, latePercent);
            return;
        }
        Key key = key(flow, observed, seenLeavingOnly, ms, epoch);
        EdgeSlice edge = slice(ms).get(key);
        if (edge == null) {
            if (size >= maxEdges) {
                flush(Long.MAX_VALUE);
            }
            edge = new EdgeSlice(judge.judge(flow.flow()), ms, crowds);
            slice(ms).put(key, edge);
            size++;
            edge.add(flow, latePercent);
            tell(edge, 1);
        } else {
            edge.add(flow, latePercent);
        }
        recent[place] = new Recent(
                flow.source().who(),
                flow.destination().who(),
                flow.destination().port(),
                flow.tail(),
                observed,
                seenLeavingOnly,
                ms,
                epoch,
                judge.generation(),
                edge);
    }

    private static int place(FlowCursor flow) {
        int hash = System.identityHashCode(flow.source().who());
        hash = 31 * hash + System.identityHashCode(flow.destination().who());
        hash = 31 * hash + System.identityHashCode(flow.tail());
        hash = 31 * hash + flow.destination().port();
        return (hash ^ hash >>> 16) & RECENT - 1;
    }

    private static boolean isSeenLeavingOnly(FlowCursor flow) {
        return ConnectionOutcome.isSeenLeavingOnly(
                flow.tail().direction(), flow.tail().verdict(), flow.outcome());
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
    public void addLate(FlowCursor flow) {
        lateness.late(flow.tail().reporter());
        EdgeSlice alone = new EdgeSlice(judge.judge(flow.flow()), Activity.sliceOf(flow.endMs()), crowds);
        alone.add(flow, 0);
        tell(alone, 1);
    }

    /** Whether a watermark, which says that nothing up to it will come any more, closes the slice of a time. */
    public static boolean closed(long ms, long watermark) {
        return Activity.sliceOf(ms) + Activity.SLICE_MS - 1 <= watermark;
    }

    /** Sends on the slices that a watermark closes. */
    public void flush(long watermark) {
        if (slices.isEmpty() || !closed(slices.firstKey(), watermark)) {
            return;
        }
        slice = null;
        Arrays.fill(recent, null);
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

    private Key key(FlowCursor flow, Verdict observed, boolean seenLeavingOnly, long ms, long epoch) {
        Endpoint source = flow.source().who();
        Endpoint destination = flow.destination().who();
        return new Key(
                ms,
                source.ip(),
                destination.ip(),
                source.pod(),
                destination.pod(),
                source.workload(),
                destination.workload(),
                flow.destination().port(),
                flow.tail().protocol(),
                observed,
                seenLeavingOnly,
                flow.tail().cluster(),
                epoch,
                judge.generation());
    }
}
