package dev.weir.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The flows of one edge within one slice of event time, as far as one task saw them: the value of {@code
 * weir.activity}. Parts of the same slice add up.
 *
 * @param sliceMs start of the slice; it is {@value #SLICE_MS} ms long and holds the flows that ended in it
 * @param port destination port; null for a protocol without ports
 * @param expected decision of the policies; null when policies were not consulted (no context)
 * @param outcome policy outcome, for example {@code policy-bypass}; null for none
 * @param established connections that carried data both ways, or closed in order
 * @param refused connections answered by a reset only
 * @param unanswered connections that got no answer
 * @param spans the parts of the counts that belong to flows longer than a slice, one for each length, shortest first;
 *     the rest of the counts belongs to this slice alone
 * @param startsMs offsets of connection starts from {@code firstSeenMs}, in ms, at most {@value #MAX_STARTS}
 * @param lostPercent upper bound of the missing share: lost on the way to Weir, or too late to be counted; 0 when no
 *     loss is known
 * @param cleartext connections that the exporter reports as not encrypted
 * @param dns DNS questions by registered domain, sorted, at most {@value #MAX_DOMAINS}, those whose names carry most
 *     data; names in the cluster are left out
 * @param http null where the exporter sees no requests
 * @param sampling the largest sampling factor among the flows, 1 when none was sampled
 */
public record Activity(
        long sliceMs,
        @Nullable String cluster,
        Entity source,
        Entity destination,
        @Nullable Integer port,
        String protocol,
        Verdict verdict,
        @Nullable Expected expected,
        @Nullable String outcome,
        List<PolicyRef> decidedBy,
        long connections,
        long established,
        long refused,
        long unanswered,
        @Nullable Long bytesSent,
        @Nullable Long bytesReceived,
        @Nullable Long packetsSent,
        @Nullable Long packetsReceived,
        long firstSeenMs,
        long lastSeenMs,
        List<Integer> startsMs,
        List<Span> spans,
        int sampling,
        int lostPercent,
        long cleartext,
        List<DnsQueries> dns,
        @Nullable HttpRequests http,
        List<Flow> samples) {

    public static final long SLICE_MS = 10_000;
    public static final int MAX_STARTS = 64;
    public static final int MAX_DOMAINS = 64;

    /** The start of the slice that contains a time. */
    public static long sliceOf(long ms) {
        return ms - Math.floorMod(ms, SLICE_MS);
    }

    /** The number of connections that failed: refused, unanswered or dropped. */
    public long failed() {
        return verdict == Verdict.DROPPED ? connections : refused + unanswered;
    }

    /** Returns the same activity between other entities. */
    public Activity between(Entity newSource, Entity newDestination) {
        return between(newSource, newDestination, port);
    }

    /** Returns the same activity between {@link Entity#unnamed} entities and without a port. */
    public Activity ofSeveral() {
        return between(Entity.unnamed(), Entity.unnamed(), null);
    }

    private Activity between(Entity newSource, Entity newDestination, @Nullable Integer newPort) {
        return new Activity(
                sliceMs,
                cluster,
                newSource,
                newDestination,
                newPort,
                protocol,
                verdict,
                expected,
                outcome,
                decidedBy,
                connections,
                established,
                refused,
                unanswered,
                bytesSent,
                bytesReceived,
                packetsSent,
                packetsReceived,
                firstSeenMs,
                lastSeenMs,
                startsMs,
                spans,
                sampling,
                lostPercent,
                cleartext,
                dns,
                http,
                samples);
    }

    /** The key by which the parts of one slice are merged and edges are sorted; different edges have different keys. */
    public String edgeKey() {
        return edgeKey(source, destination, protocol, port, verdict, outcome, cluster);
    }

    /** The {@link #edgeKey()} of activities with these parts. */
    public static String edgeKey(
            Entity source,
            Entity destination,
            String protocol,
            @Nullable Integer port,
            Verdict verdict,
            @Nullable String outcome,
            @Nullable String cluster) {
        return source.key() + " > " + destination.key() + " " + protocol + "/" + (port == null ? "" : port) + " "
                + verdict + " " + (outcome == null ? "" : outcome) + " " + (cluster == null ? "" : cluster);
    }
}
