package dev.weir.analytics.judge;

import dev.weir.analytics.Finding;
import dev.weir.analytics.SliceAggregator;
import dev.weir.common.LruMap;
import dev.weir.model.Activity;
import dev.weir.model.ClusterNetworks;
import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Endpoint;
import dev.weir.model.L7;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowAttributes;
import dev.weir.model.codec.FlowCursor;
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
 * are resolved and judged once; where their requests may decide, they are judged by request. A policy outcome is reported at its first flow; the rest of its flows when the slice is
 * flushed. For one thread.
 */
public final class RollUp {
    /**
     * The weight of the edges that are kept from slice to slice; an edge with many labels and names counts as several.
     */
    private static final int MAX_JUDGED = 1 << 15;

    /** The number of requests whose edges are kept. */
    private static final int MAX_REQUESTS = 1 << 14;

    /** The size of the table of recent edges, a power of two. */
    private static final int RECENT = 1 << 14;

    private final Judge judge;
    private final ClusterNetworks networks;
    private final int maxEdges;
    private final Consumer<Activity> activities;
    private final Consumer<Finding> findings;
    /** The open slices, so that a watermark touches only those that it closes. */
    private final TreeMap<Long, Map<JudgedEdge, EdgeSlice>> slices = new TreeMap<>();

    /** The judged edges, those that were judged first in front. */
    private final Map<JudgedEdge.Key, JudgedEdge> edges = new LinkedHashMap<>();

    /** The edges of requests that decide what their connection leaves open. */
    private final LruMap<OfRequest, JudgedEdge> byRequest = new LruMap<>(MAX_REQUESTS);

    /** The weight of the judged edges. */
    private long judged;

    private long generation;
    private final @Nullable Recent[] recent = new Recent[RECENT];
    private final AddressAlertLimiter addressAlerts = new AddressAlertLimiter();
    private final Strangers strangers = new Strangers();
    private @Nullable Map<JudgedEdge, EdgeSlice> slice;
    private long sliceMs;
    private int size;
    private long leftOut;
    private long evicted;
    private final Lateness lateness = new Lateness();

    /**
     * The edge of a recent flow, for flows with the same cached objects: most flows, and found without a comparison of
     * strings.
     */
    private record Recent(
            Endpoint source,
            Endpoint destination,
            int port,
            FlowAttributes attributes,
            Verdict observed,
            boolean seenLeavingOnly,
            long epoch,
            JudgedEdge edge) {

        @SuppressWarnings("ReferenceEquality") // the same object has the same names
        boolean is(FlowCursor flow, Verdict verdict, boolean leavingOnly, long since) {
            return source == flow.source().endpoint()
                    && destination == flow.destination().endpoint()
                    && port == flow.destination().port()
                    && attributes == flow.attributes()
                    && observed == verdict
                    && seenLeavingOnly == leavingOnly
                    && epoch == since;
        }
    }

    /** A request on a connection; connections are compared by identity. */
    private record OfRequest(JudgedEdge connection, L7 request) {}

    public RollUp(
            Judge judge,
            ClusterNetworks networks,
            int maxEdges,
            Consumer<Activity> activities,
            Consumer<Finding> findings) {
        this.judge = judge;
        this.networks = networks;
        this.maxEdges = maxEdges;
        this.activities = activities;
        this.findings = findings;
    }

    /** Adds a flow that is in time. */
    public void add(FlowCursor flow) {
        int latePercent = lateness.percent(flow.attributes().reporter());
        if (size >= maxEdges) {
            flush(Long.MAX_VALUE);
        }
        JudgedEdge edge = edge(flow);
        long ms = Activity.sliceOf(flow.endMs());
        EdgeSlice open = edge.latest;
        if (open == null || open.sliceMs() != ms) {
            open = slice(ms).get(edge);
        }
        if (open == null) {
            open = new EdgeSlice(edge, ms, addressAlerts);
            slice(ms).put(edge, open);
            open.add(flow, latePercent);
            size += open.weight();
            if (!open.isShared()) {
                report(open, 1);
            }
        } else {
            int before = open.weight();
            open.add(flow, latePercent);
            size += open.weight() - before;
        }
        edge.latest = open;
    }

    /** The edge of a flow, judged now if it is new. */
    private JudgedEdge edge(FlowCursor flow) {
        if (generation != judge.generation()) {
            clearJudged();
        }
        Verdict observed = flow.observed();
        boolean seenLeavingOnly = isSeenLeavingOnly(flow);
        long epoch = judge.epoch(flow.startMs());
        int place = place(flow);
        Recent there = recent[place];
        if (there != null && there.is(flow, observed, seenLeavingOnly, epoch)) {
            return there.edge;
        }
        JudgedEdge.Key key = key(flow, observed, seenLeavingOnly, epoch);
        JudgedEdge edge = edges.get(key);
        if (edge == null) {
            edge = judged(key, flow);
            remember(edge);
        }
        L7 request = flow.attributes().l7();
        if (edge.judgement.isOpen() && request != null) {
            edge = ofRequest(edge, request, flow);
        }
        // The ends of other flows are new objects each time, so their edge would not be found again.
        if (flow.isRecognised()) {
            recent[place] = new Recent(
                    flow.source().endpoint(),
                    flow.destination().endpoint(),
                    flow.destination().port(),
                    flow.attributes(),
                    observed,
                    seenLeavingOnly,
                    epoch,
                    edge);
        }
        return edge;
    }

    /** The edge of flows whose requests are judged as this one is. */
    private JudgedEdge ofRequest(JudgedEdge connection, L7 request, FlowCursor flow) {
        OfRequest key = new OfRequest(connection, request);
        JudgedEdge known = byRequest.get(key);
        if (known == null) {
            known = connection.like(judge.judge(flow.flow()), judge, networks);
            byRequest.put(key, known);
        }
        return known;
    }

    private JudgedEdge judged(JudgedEdge.Key key, FlowCursor flow) {
        Judgement judgement = judge.judgeConnection(flow.flow());
        Clusters.Membership membership = judge.membership(judgement.flow());
        return new JudgedEdge(key, judgement, membership, networks);
    }

    /** Drops the judged edges, since they may not hold in another generation of the context. */
    private void clearJudged() {
        generation = judge.generation();
        edges.clear();
        byRequest.clear();
        Arrays.fill(recent, null);
        judged = 0;
    }

    private void remember(JudgedEdge edge) {
        edges.put(edge.key, edge);
        judged += edge.weight();
        Iterator<JudgedEdge> eldest = edges.values().iterator();
        while (judged > MAX_JUDGED) {
            judged -= eldest.next().weight();
            eldest.remove();
            evicted++;
        }
    }

    /** Removes an edge that will hardly be met again, so that it does not take the place of one that will. */
    private void forget(EdgeSlice slice) {
        JudgedEdge edge = slice.edge();
        if (edges.remove(edge.key, edge)) {
            judged -= edge.weight();
        }
    }

    private static int place(FlowCursor flow) {
        int hash = System.identityHashCode(flow.source().endpoint());
        hash = 31 * hash + System.identityHashCode(flow.destination().endpoint());
        hash = 31 * hash + System.identityHashCode(flow.attributes());
        hash = 31 * hash + flow.destination().port();
        return (hash ^ hash >>> 16) & RECENT - 1;
    }

    private static boolean isSeenLeavingOnly(FlowCursor flow) {
        return ConnectionOutcome.isSeenLeavingOnly(
                flow.attributes().direction(), flow.attributes().verdict(), flow.outcome());
    }

    /** The open slice at a time. Most flows are of the same slice as the one before. */
    private Map<JudgedEdge, EdgeSlice> slice(long ms) {
        if (slice == null || ms != sliceMs) {
            slice = slices.computeIfAbsent(ms, each -> new LinkedHashMap<>());
            sliceMs = ms;
        }
        return slice;
    }

    /** Judges a flow whose slice is over. It may have a policy outcome, but it is part of no activity. */
    public void addLate(FlowCursor flow) {
        lateness.late(flow.attributes().reporter());
        EdgeSlice alone = new EdgeSlice(edge(flow), Activity.sliceOf(flow.endMs()), addressAlerts);
        alone.add(flow, 0);
        report(alone, 1);
    }

    /** True if a watermark closes the slice of a time, since no flow up to the watermark comes any more. */
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
                    report(edge, edge.connections() - 1);
                }
                edge.close();
            }
            shared.values().forEach(edges -> findings.accept(EdgeSlice.finding(edges)));
            send(closed);
            closed.forEach(each -> size -= each.weight());
        }
    }

    /**
     * Sends the activities of closed edges. From here on the pods of one workload are one source and one destination.
     */
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
            leftOut += sums.leftOut();
            for (Activity activity : sums.activities()) {
                bySource.computeIfAbsent(activity.source().key(), key -> SliceAggregator.ofSource())
                        .add(activity);
            }
        }
        for (SliceAggregator sums : bySource.values()) {
            leftOut += sums.leftOut();
            sums.activities().forEach(activities);
        }
    }

    /** The sums of edges by workloads; those between strangers are added up as one for each protocol and verdict. */
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
                each.forEach(this::forget);
            } else {
                all.add(EdgeSlice.activity(each));
            }
        }
        between.values().forEach(several -> all.add(EdgeSlice.activity(several).ofSeveral()));
        return all;
    }

    /** The number of edges that were merged, since neither end is confirmed or common. */
    public long mergedUnconfirmed() {
        return strangers.edges();
    }

    /** The number of edges that were left out because one source or destination had too many in a slice. */
    public long leftOut() {
        return leftOut;
    }

    /** The number of entries of full tables that were evicted. An evicted edge is judged again with its next flow. */
    public long entriesEvicted() {
        return evicted + byRequest.evicted() + strangers.evicted() + addressAlerts.evicted() + lateness.evicted();
    }

    /** The number of policy outcomes that were reported in an alert that several addresses share. */
    public long sharedOutcomes() {
        return addressAlerts.unnamed();
    }

    /** The number of edges that are being added up; one with many labels counts as several. */
    public int size() {
        return size;
    }

    private void report(EdgeSlice edge, long count) {
        Finding finding = edge.finding(count);
        if (finding != null) {
            findings.accept(finding);
        }
    }

    private JudgedEdge.Key key(FlowCursor flow, Verdict observed, boolean seenLeavingOnly, long epoch) {
        return new JudgedEdge.Key(
                flow.source().endpoint(),
                flow.destination().endpoint(),
                flow.destination().port(),
                flow.attributes().protocol(),
                observed,
                seenLeavingOnly,
                flow.attributes().cluster(),
                epoch);
    }
}
