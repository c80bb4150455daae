package dev.weir.analytics.judge;

import static dev.weir.model.ConnectionOutcome.ABSENT;

import dev.weir.analytics.ActivityMerger;
import dev.weir.analytics.Finding;
import dev.weir.analytics.FindingBuilder;
import dev.weir.analytics.Visibility;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.ProtocolPort;
import dev.weir.model.Severity;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowAttributes;
import dev.weir.model.codec.FlowCursor;
import dev.weir.model.codec.FlowSamples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Adds up the flows of one edge in one slice. */
final class EdgeSlice {
    /** The order of {@link ActivityMerger#EARLIEST}; flows are decoded only where cheaper fields are equal. */
    private static final Comparator<FlowCursor.Later> EARLIEST = Comparator.comparingLong(FlowCursor.Later::startMs)
            .thenComparingLong(FlowCursor.Later::endMs)
            .thenComparingInt(FlowCursor.Later::sourcePort)
            .thenComparing(FlowCursor.Later::flow, ActivityMerger.EARLIEST);

    /** The same order of samples with their names. */
    private static final Comparator<FlowSamples.Sample> EARLIEST_NAMED = Comparator.comparingLong(
                    (FlowSamples.Sample sample) -> sample.flow().startMs())
            .thenComparingLong(sample -> sample.flow().endMs())
            .thenComparingInt(sample -> sample.flow().sourcePort())
            .thenComparing(FlowSamples.Sample::named, ActivityMerger.EARLIEST);

    /** The confidence of ICMP outcomes, low enough to be folded once a namespace's budget is used up. */
    private static final double ICMP_CONFIDENCE = 0.5;

    private final JudgedEdge edge;
    private final long sliceMs;
    private final Entity reportedSource;
    private final Entity reportedDestination;
    /** The earliest starts, in any order; the array is longer than their number. */
    private long[] startTimes = new long[4];

    private int starts;
    /** The latest kept start if there are as many as are kept; a later one does not count. */
    private long latestStartMs = Long.MAX_VALUE;

    private final FlowCursor.Later[] samples = new FlowCursor.Later[Evidence.MAX_FLOWS];
    private int kept;
    private int surplus;
    private long connections;
    /** The number of connections that are records of a request alone. */
    private long requestsAlone;

    private long established;
    private long refused;
    private long unanswered;
    private long bytesSent = ABSENT;
    private long bytesReceived = ABSENT;
    private long packetsSent = ABSENT;
    private long packetsReceived = ABSENT;
    private long cleartext;
    private final Requests requests = new Requests();
    private final Spans spans = new Spans();
    private long firstSeenMs = Long.MAX_VALUE;
    private long lastSeenMs = Long.MIN_VALUE;
    private int sampling = 1;
    private int lostPercent;

    EdgeSlice(JudgedEdge edge, long sliceMs, AddressAlertLimiter addressAlerts) {
        this.edge = edge;
        this.sliceMs = sliceMs;
        Entity source = edge.source;
        Entity destination = edge.destination;
        PolicyOutcome outcome = edge.judgement.outcome();
        AddressAlertLimiter.Ends ends = outcome == null
                ? new AddressAlertLimiter.Ends(source, destination)
                : addressAlerts.named(
                        source, destination, edge.isSourceKnown, edge.isDestinationKnown, outcome, sliceMs);
        this.reportedSource = ends.source();
        this.reportedDestination = ends.destination();
    }

    /**
     * Adds a flow of this edge. Only the edge's first flow was resolved and judged; the others have the same ends.
     *
     * @param latePercent recent percentage of its reporter's flows that came too late
     */
    void add(FlowCursor flow, int latePercent) {
        connections++;
        long before = established;
        switch (flow.outcome()) {
            case ESTABLISHED -> established++;
            case REFUSED -> refused++;
            case UNANSWERED -> unanswered++;
            case UNKNOWN -> established += edge.judgement.observed() == Verdict.FORWARDED ? 1 : 0;
        }
        FlowAttributes attributes = flow.attributes();
        bytesSent = sum(bytesSent, flow.source().bytes());
        bytesReceived = sum(bytesReceived, flow.destination().bytes());
        packetsSent = sum(packetsSent, flow.source().packets());
        packetsReceived = sum(packetsReceived, flow.destination().packets());
        firstSeenMs = Math.min(firstSeenMs, flow.startMs());
        lastSeenMs = Math.max(lastSeenMs, flow.endMs());
        sampling = Math.max(sampling, attributes.sampling());
        lostPercent = Math.max(lostPercent, Math.max(latePercent, attributes.lostPercent()));
        cleartext += Boolean.FALSE.equals(attributes.encrypted()) ? 1 : 0;
        requests.add(attributes.l7());
        spans.add(flow, established > before);
        if (isRequestAlone(flow)) {
            requestsAlone++;
            if (requestsAlone == connections) {
                keepStart(flow.startMs());
            }
        } else {
            if (requestsAlone == connections - 1) {
                starts = 0;
                latestStartMs = Long.MAX_VALUE;
            }
            keepStart(flow.startMs());
        }
        keepSample(flow);
    }

    /**
     * True for a record of a request that does not describe its connection. Exporters that see requests send it beside
     * the record of the connection, or in place of it.
     */
    private static boolean isRequestAlone(FlowCursor flow) {
        L7 l7 = flow.attributes().l7();
        return l7 != null
                && (l7.http() != null || l7.dns() != null)
                && flow.source().tcpFlags() == ABSENT
                && flow.destination().tcpFlags() == ABSENT
                && flow.source().packets() == ABSENT
                && flow.source().bytes() == ABSENT
                && flow.destination().packets() == ABSENT
                && flow.destination().bytes() == ABSENT;
    }

    private void keepStart(long ms) {
        if (ms >= latestStartMs) {
            return;
        }
        if (starts == startTimes.length) {
            startTimes = Arrays.copyOf(startTimes, 2 * starts);
        }
        startTimes[starts++] = ms;
        if (starts == 2 * Activity.MAX_STARTS) {
            Arrays.sort(startTimes);
            starts = Activity.MAX_STARTS;
            latestStartMs = startTimes[starts - 1];
        }
    }

    /** Inserts a flow into the sorted samples, which are few. */
    private void keepSample(FlowCursor flow) {
        if (kept == samples.length && flow.startMs() > samples[kept - 1].startMs()) {
            return;
        }
        FlowCursor.Later sample = flow.later();
        int at = kept;
        while (at > 0 && EARLIEST.compare(sample, samples[at - 1]) < 0) {
            at--;
        }
        if (at == samples.length) {
            return;
        }
        kept = Math.min(kept + 1, samples.length);
        System.arraycopy(samples, at, samples, at + 1, kept - 1 - at);
        samples[at] = sample;
        surplus = 0;
        for (int i = 0; i < kept; i++) {
            surplus += samples[i].surplus();
        }
    }

    private List<Flow> samples(Predicate<FlowCursor.Later> which) {
        List<Flow> flows = new ArrayList<>(kept);
        for (int i = 0; i < kept; i++) {
            if (which.test(samples[i])) {
                flows.add(edge.names.on(samples[i].flow()));
            }
        }
        return flows;
    }

    /** Appends the samples, which need not be decoded. */
    private void addSamples(List<FlowSamples.Sample> to) {
        for (int i = 0; i < kept; i++) {
            to.add(new FlowSamples.Sample(samples[i], edge.names));
        }
    }

    JudgedEdge edge() {
        return edge;
    }

    long connections() {
        return connections;
    }

    /** The number of ordinary edges that take as much memory. */
    int weight() {
        return edge.weight() + surplus;
    }

    long sliceMs() {
        return sliceMs;
    }

    /** True if an object of the cluster confirms one of the ends. */
    boolean isConfirmed() {
        return edge.isSourceKnown || edge.isDestinationKnown;
    }

    Entity source() {
        return edge.source;
    }

    Entity destination() {
        return edge.destination;
    }

    String keyOfSeveral() {
        return edge.keyOfSeveral();
    }

    String activityKey() {
        return edge.activityKey;
    }

    /** Detaches the slice from its edge; no flow is added afterwards. */
    void close() {
        edge.latest = null;
    }

    /** The sum of edges of the same slice and {@link #activityKey}, or {@link #keyOfSeveral}. */
    static Activity activity(List<EdgeSlice> edges) {
        List<FlowSamples.Sample> all = new ArrayList<>(Evidence.MAX_FLOWS);
        for (EdgeSlice edge : edges) {
            edge.addSamples(all);
        }
        if (edges.size() > 1) {
            all.sort(EARLIEST_NAMED);
        }
        Activity sum = edges.get(0)
                .sum(new FlowSamples(
                        all.size() > Evidence.MAX_FLOWS ? List.copyOf(all.subList(0, Evidence.MAX_FLOWS)) : all));
        for (EdgeSlice edge : edges.subList(1, edges.size())) {
            sum = ActivityMerger.merged(sum, edge.sum(List.of()));
        }
        return sum;
    }

    private static Set<FlowCursor.Later> earliest(List<EdgeSlice> edges) {
        return edges.stream()
                .flatMap(edge -> Arrays.stream(edge.samples, 0, edge.kept))
                .sorted(EARLIEST)
                .limit(Evidence.MAX_FLOWS)
                .collect(Collectors.toCollection(() -> Collections.newSetFromMap(new IdentityHashMap<>())));
    }

    private Activity sum(List<Flow> earliest) {
        Judgement judgement = edge.judgement;
        Arrays.sort(startTimes, 0, starts);
        int offsetsKept = Math.min(starts, Activity.MAX_STARTS);
        List<Integer> offsets = new ArrayList<>(offsetsKept);
        for (int i = 0; i < offsetsKept; i++) {
            offsets.add((int) (startTimes[i] - firstSeenMs));
        }
        Flow flow = judgement.flow();
        PolicyOutcome outcome = judgement.outcome();
        return new Activity(
                sliceMs,
                flow.cluster(),
                edge.source,
                edge.destination,
                flow.destination().port(),
                flow.protocol(),
                judgement.observed(),
                judgement.expected(),
                outcome == null ? null : outcome.id(),
                judgement.decidedBy(),
                connections,
                established,
                refused,
                unanswered,
                nullable(bytesSent),
                nullable(bytesReceived),
                nullable(packetsSent),
                nullable(packetsReceived),
                firstSeenMs,
                lastSeenMs,
                offsets,
                spans.all(),
                sampling,
                lostPercent,
                cleartext,
                requests.dns(),
                requests.http(),
                requestsAlone,
                edge.outside,
                earliest);
    }

    /** True if the alert of the policy outcome is about several ends, and so shared by many edges of a slice. */
    boolean isShared() {
        return reportedSource != edge.source || reportedDestination != edge.destination;
    }

    /** The key of the alert; edges of one slice with the same key share it. */
    String alertKey() {
        PolicyOutcome outcome = outcome();
        return String.join(
                "\n",
                outcome.id(),
                String.valueOf(edge.judgement.flow().cluster()),
                reportedSource.key(),
                subject(outcome));
    }

    private PolicyOutcome outcome() {
        return Objects.requireNonNull(edge.judgement.outcome(), "only outcomes are shared");
    }

    private String subject(PolicyOutcome outcome) {
        return reportedDestination.key() + " "
                + (outcome.byPort() ? service() : edge.judgement.flow().protocol());
    }

    private String service() {
        Flow flow = edge.judgement.flow();
        return ProtocolPort.text(flow.protocol(), flow.destination().port());
    }

    /**
     * The finding of edges of the same slice and {@link #alertKey}. Only the samples that are kept of all are decoded.
     */
    static Finding finding(List<EdgeSlice> edges) {
        Set<FlowCursor.Later> earliest = earliest(edges);
        return Finding.merged(edges.stream()
                .map(edge -> edge.finding(edge.outcome(), edge.connections, earliest::contains))
                .toList());
    }

    /** The finding of the policy outcome, for {@code count} of the flows; null if there is none. */
    @Nullable Finding finding(long count) {
        PolicyOutcome outcome = edge.judgement.outcome();
        return outcome == null || count == 0 ? null : finding(outcome, count, sample -> true);
    }

    private Finding finding(PolicyOutcome outcome, long count, Predicate<FlowCursor.Later> which) {
        Judgement judgement = edge.judgement;
        Flow flow = judgement.flow();
        Integer port = flow.destination().port();
        String ends = reportedSource.display() + " to " + reportedDestination.display() + " " + service();
        Visibility visibility = new Visibility(sampling, lostPercent);
        List<String> caveats = new ArrayList<>(visibility.caveats());
        if (judgement.observed() == Verdict.UNKNOWN) {
            caveats.add("the exporter does not say whether the connection was dropped");
        }
        caveats.addAll(judgement.caveats());
        boolean isOpen = judgement.isOfUndefinedIcmp();
        return new FindingBuilder(outcome.id())
                .subject(subject(outcome))
                .category("policy")
                .severity(isOpen ? Severity.LOW : outcome.severity())
                .confidence(visibility.lowered(isOpen ? ICMP_CONFIDENCE : outcome.confidence()))
                .title(ends + " " + outcome.says())
                .summary(summary(ends, outcome))
                .firstSeenMs(firstSeenMs)
                .lastSeenMs(lastSeenMs)
                .count(count)
                .source(reportedSource)
                .destination(reportedDestination)
                .ports(port == null ? List.of() : List.of(port))
                .protocol(flow.protocol())
                .cluster(flow.cluster())
                .evidence(new Evidence(Map.of(), Map.of(), samples(which), caveats))
                .policy(new PolicyEvidence(
                        judgement.expected(),
                        judgement.observed(),
                        judgement.decidedBy(),
                        judgement.nearest(),
                        // The patch would open all ports for traffic that may be allowed anyway.
                        isOpen ? null : judgement.patch()))
                .build();
    }

    private String summary(String ends, PolicyOutcome outcome) {
        Judgement judgement = edge.judgement;
        StringBuilder text =
                new StringBuilder(ends).append(' ').append(outcome.says()).append('.');
        if (!judgement.decidedBy().isEmpty()) {
            text.append(" Decided by ");
            for (int i = 0; i < judgement.decidedBy().size(); i++) {
                text.append(i == 0 ? "" : ", ")
                        .append(judgement.decidedBy().get(i).display());
            }
            text.append('.');
        }
        if (judgement.nearest() != null) {
            text.append(' ').append(judgement.nearest());
        }
        return text.toString();
    }

    private static long sum(long a, long b) {
        if (a == ABSENT) {
            return b;
        }
        return b == ABSENT ? a : a + b;
    }

    private static @Nullable Long nullable(long number) {
        return number == ABSENT ? null : number;
    }
}
