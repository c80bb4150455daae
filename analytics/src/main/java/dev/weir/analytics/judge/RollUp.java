package dev.weir.analytics.judge;

import dev.weir.analytics.Finding;
import dev.weir.analytics.SliceAggregator;
import dev.weir.model.Activity;
import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Endpoint;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowCursor;
import dev.weir.model.codec.FlowTail;
import dev.weir.model.context.Clusters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
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
    /** How many edges are not judged anew in the next slice; those with many labels and names count as several. */
    private static final int MAX_JUDGED = 1 << 15;

    /** A power of two. */
    private static final int RECENT = 1 << 12;

    private final Judge judge;
    private final int maxEdges;
    private final Consumer<Activity> activities;
    private final Consumer<Finding> findings;
    /** By slice, so that a watermark touches only what it closes. */
    private final TreeMap<Long, Map<Edge, EdgeSlice>> slices = new TreeMap<>();

    /** The one that was judged first goes first. */
    private final Map<Key, Edge> edges = new LinkedHashMap<>();

    /** By weight. */
    private long judged;

    private long generation;
    private final @Nullable Recent[] recent = new Recent[RECENT];
    private final AddressAlertLimiter addressAlerts = new AddressAlertLimiter();
    private final Strangers strangers = new Strangers();
    private @Nullable Map<Edge, EdgeSlice> slice;
    private long sliceMs;
    private int size;
    private long left;
    private final Lateness lateness = new Lateness();

    /** What flows must share to be one edge. {@code epoch} tells apart flows before and after a context change. */
    private record Key(
            Endpoint source,
            Endpoint destination,
            int port,
            String protocol,
            Verdict observed,
            boolean seenLeavingOnly,
            @Nullable String cluster,
            long epoch) {}

    /** The edge of a flow, so long as flows of the same objects come: most of the time, and without looking at texts. */
    private record Recent(
            Endpoint source,
            Endpoint destination,
            int port,
            FlowTail tail,
            Verdict observed,
            boolean seenLeavingOnly,
            long epoch,
            Edge edge) {

        @SuppressWarnings("ReferenceEquality") // the same object has the same names
        boolean is(FlowCursor flow, Verdict verdict, boolean leavingOnly, long since) {
            return source == flow.source().who()
                    && destination == flow.destination().who()
                    && port == flow.destination().port()
                    && tail == flow.tail()
                    && observed == verdict
                    && seenLeavingOnly == leavingOnly
                    && epoch == since;
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
        Edge edge = edge(flow);
        long ms = Activity.sliceOf(flow.endMs());
        EdgeSlice open = edge.latest;
        if (open == null || open.sliceMs() != ms) {
            open = slice(ms).get(edge);
        }
        if (open == null) {
            if (size >= maxEdges) {
                flush(Long.MAX_VALUE);
            }
            open = new EdgeSlice(edge, ms, addressAlerts);
            slice(ms).put(edge, open);
            size++;
            open.add(flow, latePercent);
            if (!open.isShared()) {
                tell(open, 1);
            }
        } else {
            open.add(flow, latePercent);
        }
        edge.latest = open;
    }

    /** The edge of a flow, judged now if there is none. */
    private Edge edge(FlowCursor flow) {
        if (generation != judge.generation()) {
            forgetJudged();
        }
        Verdict observed = flow.observed();
        boolean seenLeavingOnly = isSeenLeavingOnly(flow);
        long epoch = judge.epoch(flow.startMs());
        int place = place(flow);
        Recent there = recent[place];
        if (there != null && there.is(flow, observed, seenLeavingOnly, epoch)) {
            return there.edge;
        }
        Key key = key(flow, observed, seenLeavingOnly, epoch);
        Edge edge = edges.get(key);
        if (edge == null) {
            edge = judged(flow);
            remember(key, edge);
        }
        recent[place] = new Recent(
                flow.source().who(),
                flow.destination().who(),
                flow.destination().port(),
                flow.tail(),
                observed,
                seenLeavingOnly,
                epoch,
                edge);
        return edge;
    }

    private Edge judged(FlowCursor flow) {
        Judgement judgement = judge.judge(flow.flow());
        Clusters.Membership of = judge.membership(judgement.flow());
        long ms = flow.startMs();
        return new Edge(
                judgement,
                of.knows(judgement.flow().source(), ms),
                of.knows(judgement.flow().destination(), ms));
    }

    /** What was concluded of another generation of the context may not hold any more. */
    private void forgetJudged() {
        generation = judge.generation();
        edges.clear();
        Arrays.fill(recent, null);
        judged = 0;
    }

    private void remember(Key key, Edge edge) {
        edges.put(key, edge);
        judged += edge.weight();
        Iterator<Edge> eldest = edges.values().iterator();
        while (judged > MAX_JUDGED) {
            judged -= eldest.next().weight();
            eldest.remove();
        }
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
    private Map<Edge, EdgeSlice> slice(long ms) {
        if (slice == null || ms != sliceMs) {
            slice = slices.computeIfAbsent(ms, each -> new LinkedHashMap<>());
            sliceMs = ms;
        }
        return slice;
    }

    /** Judges a flow whose slice is over: policy has its say, but it is part of no activity any more. */
    public void addLate(FlowCursor flow) {
        lateness.late(flow.tail().reporter());
        EdgeSlice alone = new EdgeSlice(edge(flow), Activity.sliceOf(flow.endMs()), addressAlerts);
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
        while (!slices.isEmpty() && closed(slices.firstKey(), watermark)) {
            Collection<EdgeSlice> closed = slices.pollFirstEntry().getValue().values();
            Map<String, List<EdgeSlice>> shared = new LinkedHashMap<>();
            for (EdgeSlice edge : closed) {
                if (edge.isShared()) {
                    shared.computeIfAbsent(edge.alertKey(), key -> new ArrayList<>(1))
                            .add(edge);
                } else {
                    tell(edge, edge.connections() - 1);
                }
                edge.close();
            }
            shared.values().forEach(edges -> findings.accept(EdgeSlice.finding(edges)));
            send(closed);
            size -= closed.size();
        }
    }

    /** Pods of one workload are one source and one destination from here on. */
    private void send(Collection<EdgeSlice> closed) {
        Map<String, List<EdgeSlice>> byWorkloads = new LinkedHashMap<>();
        for (EdgeSlice edge : closed) {
            byWorkloads
                    .computeIfAbsent(edge.activityKey(), key -> new ArrayList<>(1))
                    .add(edge);
        }
        List<Activity> merged = withoutStrangers(byWorkloads.values());
        if (merged.size() <= SliceAggregator.MAX_EDGES) {
            merged.forEach(activities);
            return;
        }
        Map<String, SliceAggregator> byDestination = new TreeMap<>();
        for (Activity activity : merged) {
            byDestination
                    .computeIfAbsent(activity.destination().key(), key -> SliceAggregator.ofDestination())
                    .add(activity);
        }
        Map<String, SliceAggregator> bySource = new TreeMap<>();
        for (SliceAggregator sums : byDestination.values()) {
            left += sums.left();
            for (Activity activity : sums.activities()) {
                bySource.computeIfAbsent(activity.source().key(), key -> SliceAggregator.ofSource())
                        .add(activity);
            }
        }
        for (SliceAggregator sums : bySource.values()) {
            left += sums.left();
            sums.activities().forEach(activities);
        }
    }

    /** What edges of the same workloads come to, those between strangers added up as one for each protocol and verdict. */
    private List<Activity> withoutStrangers(Collection<List<EdgeSlice>> edges) {
        List<Activity> all = new ArrayList<>(edges.size());
        List<List<EdgeSlice>> unconfirmed = new ArrayList<>();
        for (List<EdgeSlice> each : edges) {
            if (each.stream().anyMatch(EdgeSlice::isConfirmed)) {
                all.add(EdgeSlice.activity(each));
            } else {
                unconfirmed.add(each);
            }
        }
        unconfirmed.forEach(each -> each.forEach(strangers::count));
        Map<String, List<EdgeSlice>> between = new TreeMap<>();
        for (List<EdgeSlice> each : unconfirmed) {
            EdgeSlice one = each.get(0);
            if (strangers.isBetween(one.source(), one.destination())) {
                between.computeIfAbsent(one.keyOfSeveral(), key -> new ArrayList<>())
                        .addAll(each);
            } else {
                all.add(EdgeSlice.activity(each));
            }
        }
        between.values().forEach(several -> all.add(EdgeSlice.activity(several).ofSeveral()));
        return all;
    }

    /** How many edges were between ends that nothing confirms and that are hardly ever met, and are not kept apart. */
    public long ofStrangers() {
        return strangers.edges();
    }

    /** How many edges were left out because one source or destination had too many in a slice. */
    public long left() {
        return left;
    }

    /** How many outcomes were told of several addresses rather than of one by name. */
    public long unnamed() {
        return addressAlerts.unnamed();
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

    private Key key(FlowCursor flow, Verdict observed, boolean seenLeavingOnly, long epoch) {
        return new Key(
                flow.source().who(),
                flow.destination().who(),
                flow.destination().port(),
                flow.tail().protocol(),
                observed,
                seenLeavingOnly,
                flow.tail().cluster(),
                epoch);
    }
}
