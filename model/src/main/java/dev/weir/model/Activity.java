package dev.weir.model;

import dev.weir.common.Ip;
import java.util.List;
import java.util.Objects;
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
 * @param requestsAlone those of the connections that are records of a request alone; where there are others, each of
 *     these belongs to one of them
 * @param outside the ends that are outside the cluster's networks
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
        long requestsAlone,
        Outside outside,
        List<Flow> samples) {

    public static final long SLICE_MS = 10_000;
    public static final int MAX_STARTS = 64;
    public static final int MAX_DOMAINS = 64;

    /** The start of the slice that contains a time. */
    public static long sliceOf(long ms) {
        return ms - Math.floorMod(ms, SLICE_MS);
    }

    /**
     * The activity without the records of requests among its connections, unless there are no others. It is for
     * complete activities, after all parts are added up.
     */
    public Activity withoutRequests() {
        if (requestsAlone == 0 || requestsAlone >= connections) {
            return this;
        }
        boolean isForwarded = verdict == Verdict.FORWARDED;
        return toBuilder()
                .connections(connections - requestsAlone)
                .established(isForwarded ? Math.max(0, established - requestsAlone) : established)
                .requestsAlone(0)
                .build();
    }

    /** True if the destination is the address of a group, which is neither inside nor outside. */
    public boolean isToGroup() {
        String ip = destination.ip();
        return ip != null && Ip.isMulticast(ip);
    }

    /** The number of connections that failed: refused, unanswered or dropped. */
    public long failed() {
        return verdict == Verdict.DROPPED ? connections : refused + unanswered;
    }

    /**
     * Begins an activity without policies, connections, amounts and samples, whose flows were not sampled. Its ends,
     * protocol and verdict are required.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that holds the components of this activity. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.sliceMs = sliceMs;
        builder.cluster = cluster;
        builder.source = source;
        builder.destination = destination;
        builder.port = port;
        builder.protocol = protocol;
        builder.verdict = verdict;
        builder.expected = expected;
        builder.outcome = outcome;
        builder.decidedBy = decidedBy;
        builder.connections = connections;
        builder.established = established;
        builder.refused = refused;
        builder.unanswered = unanswered;
        builder.bytesSent = bytesSent;
        builder.bytesReceived = bytesReceived;
        builder.packetsSent = packetsSent;
        builder.packetsReceived = packetsReceived;
        builder.firstSeenMs = firstSeenMs;
        builder.lastSeenMs = lastSeenMs;
        builder.startsMs = startsMs;
        builder.spans = spans;
        builder.sampling = sampling;
        builder.lostPercent = lostPercent;
        builder.cleartext = cleartext;
        builder.dns = dns;
        builder.http = http;
        builder.requestsAlone = requestsAlone;
        builder.outside = outside;
        builder.samples = samples;
        return builder;
    }

    /** Returns the same activity between other entities. */
    public Activity between(Entity newSource, Entity newDestination) {
        return toBuilder().source(newSource).destination(newDestination).build();
    }

    /** Returns the same activity between {@link Entity#unnamed} entities and without a port. */
    public Activity ofSeveral() {
        return toBuilder()
                .source(Entity.unnamed())
                .destination(Entity.unnamed())
                .port(null)
                .build();
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

    /**
     * Builds an activity component by component. For one thread. The merge, the roll-up and the codec, which run for
     * each activity, call the constructor itself: a merge through the builder takes about 6 % longer.
     */
    public static final class Builder {
        private long sliceMs;
        private @Nullable String cluster;
        private @Nullable Entity source;
        private @Nullable Entity destination;
        private @Nullable Integer port;
        private @Nullable String protocol;
        private @Nullable Verdict verdict;
        private @Nullable Expected expected;
        private @Nullable String outcome;
        private List<PolicyRef> decidedBy = List.of();
        private long connections;
        private long established;
        private long refused;
        private long unanswered;
        private @Nullable Long bytesSent;
        private @Nullable Long bytesReceived;
        private @Nullable Long packetsSent;
        private @Nullable Long packetsReceived;
        private long firstSeenMs;
        private long lastSeenMs;
        private List<Integer> startsMs = List.of();
        private List<Span> spans = List.of();
        private int sampling = 1;
        private int lostPercent;
        private long cleartext;
        private List<DnsQueries> dns = List.of();
        private @Nullable HttpRequests http;
        private long requestsAlone;
        private @Nullable Outside outside;
        private List<Flow> samples = List.of();

        private Builder() {}

        public Builder sliceMs(long value) {
            sliceMs = value;
            return this;
        }

        public Builder cluster(@Nullable String value) {
            cluster = value;
            return this;
        }

        public Builder source(Entity value) {
            source = value;
            return this;
        }

        public Builder destination(Entity value) {
            destination = value;
            return this;
        }

        public Builder port(@Nullable Integer value) {
            port = value;
            return this;
        }

        public Builder protocol(String value) {
            protocol = value;
            return this;
        }

        public Builder verdict(Verdict value) {
            verdict = value;
            return this;
        }

        public Builder expected(@Nullable Expected value) {
            expected = value;
            return this;
        }

        public Builder outcome(@Nullable String value) {
            outcome = value;
            return this;
        }

        public Builder decidedBy(List<PolicyRef> value) {
            decidedBy = value;
            return this;
        }

        public Builder connections(long value) {
            connections = value;
            return this;
        }

        public Builder established(long value) {
            established = value;
            return this;
        }

        public Builder refused(long value) {
            refused = value;
            return this;
        }

        public Builder unanswered(long value) {
            unanswered = value;
            return this;
        }

        public Builder bytesSent(@Nullable Long value) {
            bytesSent = value;
            return this;
        }

        public Builder bytesReceived(@Nullable Long value) {
            bytesReceived = value;
            return this;
        }

        public Builder packetsSent(@Nullable Long value) {
            packetsSent = value;
            return this;
        }

        public Builder packetsReceived(@Nullable Long value) {
            packetsReceived = value;
            return this;
        }

        public Builder firstSeenMs(long value) {
            firstSeenMs = value;
            return this;
        }

        public Builder lastSeenMs(long value) {
            lastSeenMs = value;
            return this;
        }

        public Builder startsMs(List<Integer> value) {
            startsMs = value;
            return this;
        }

        public Builder spans(List<Span> value) {
            spans = value;
            return this;
        }

        public Builder sampling(int value) {
            sampling = value;
            return this;
        }

        public Builder lostPercent(int value) {
            lostPercent = value;
            return this;
        }

        public Builder cleartext(long value) {
            cleartext = value;
            return this;
        }

        public Builder dns(List<DnsQueries> value) {
            dns = value;
            return this;
        }

        public Builder http(@Nullable HttpRequests value) {
            http = value;
            return this;
        }

        public Builder requestsAlone(long value) {
            requestsAlone = value;
            return this;
        }

        public Builder outside(Outside value) {
            outside = value;
            return this;
        }

        public Builder samples(List<Flow> value) {
            samples = value;
            return this;
        }

        /** Builds the activity. Without {@link #outside}, its ends are where {@link ClusterNetworks#DEFAULT} says. */
        public Activity build() {
            return new Activity(
                    sliceMs,
                    cluster,
                    Objects.requireNonNull(source, "source"),
                    Objects.requireNonNull(destination, "destination"),
                    port,
                    Objects.requireNonNull(protocol, "protocol"),
                    Objects.requireNonNull(verdict, "verdict"),
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
                    requestsAlone,
                    outside == null ? ClusterNetworks.outside(source, destination, samples) : outside,
                    samples);
        }
    }
}
