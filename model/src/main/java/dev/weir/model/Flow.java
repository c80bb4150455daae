package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.weir.common.Text;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection, or a part of one, between two endpoints: the value of the topic {@code weir.flows}.
 *
 * @param startMs time of the first packet, milliseconds since the epoch, greater than 0
 * @param endMs time of the last packet, not before {@code startMs}
 * @param source the side that opened the connection
 * @param protocol TCP, UDP, SCTP, ICMP, ICMPV6 or the IANA number as text
 * @param dropReason reason why the flow was dropped, as Hubble names it
 * @param isReply true if the record describes the answering direction; null when the record does not say; never true
 *     after orientation
 * @param encrypted true if the traffic was encrypted; null when not known
 * @param reporter node or exporter that saw the flow
 * @param collector kind of collector that read it
 * @param sampling factor of sampling: one of so many packets or flows was recorded; null or 1 when all were
 * @param lostPercent share of the records that its exporter sent lately and that did not arrive: 1 to 100; null when no
 *     loss is known
 * @param tunnel encapsulations of its packets, the outermost first and separated by slashes: vxlan, geneve, gre, ipip,
 *     mpls; null without encapsulation, or when the record does not say
 */
public record Flow(
        long startMs,
        long endMs,
        Endpoint source,
        Endpoint destination,
        String protocol,
        Verdict verdict,
        @Nullable String dropReason,
        @Nullable Direction direction,
        @Nullable Boolean isReply,
        @Nullable Boolean encrypted,
        @Nullable String cluster,
        @Nullable String reporter,
        @Nullable String collector,
        @Nullable Integer sampling,
        @Nullable Integer lostPercent,
        @Nullable String tunnel,
        @Nullable L7 l7) {

    /** The last millisecond of the year 9999; a greater number is in a mistaken unit (micro- or nanoseconds). */
    public static final long MAX_MS = 253_402_300_799_999L;

    /** The labels and domain names of both ends of an ordinary flow, at most. */
    private static final int ORDINARY_NAMES = 32;

    /** The characters of the application layer that take as much memory as an ordinary flow. */
    private static final int ORDINARY_TEXT = 1_024;

    /** The cluster of a flow that names none, when its addresses are in several. */
    public static final String AMBIGUOUS_CLUSTER = "(ambiguous)";

    private static final Set<String> ICMP = Set.of("ICMP", "ICMPV6");
    private static final Set<String> NAMED = Set.of("TCP", "UDP", "SCTP", "ICMP", "ICMPV6");
    private static final int MAX_PROTOCOL = 255;

    public Flow {
        requireTime("start_ms", startMs);
        requireTime("end_ms", endMs);
        if (endMs < startMs) {
            throw new InvalidRecordException("end_ms", endMs + " is before start_ms " + startMs);
        }
        protocol = canonicalProtocol(protocol);
        Names.requireShort("drop_reason", dropReason);
        Names.requireShort("cluster", cluster);
        Names.requireShort("reporter", reporter);
        Names.requireShort("collector", collector);
        Names.requireShort("tunnel", tunnel);
        if (sampling != null && sampling < 1) {
            throw new InvalidRecordException("sampling", sampling + " is below 1");
        }
        lostPercent = lostPercent != null && lostPercent == 0 ? null : lostPercent;
        if (lostPercent != null && (lostPercent < 1 || lostPercent > 100)) {
            throw new InvalidRecordException("lost_percent", lostPercent + " is outside 0..100");
        }
    }

    /** Creates a flow with only the components that every record holds. */
    public static Flow of(
            long startMs, long endMs, Endpoint source, Endpoint destination, String protocol, Verdict verdict) {
        return builder()
                .startMs(startMs)
                .endMs(endMs)
                .source(source)
                .destination(destination)
                .protocol(protocol)
                .verdict(verdict)
                .build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a builder that holds the components of this flow. They are valid already, so checking them again is
     * cheap.
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.startMs = startMs;
        builder.endMs = endMs;
        builder.source = source;
        builder.destination = destination;
        builder.protocol = protocol;
        builder.verdict = verdict;
        builder.dropReason = dropReason;
        builder.direction = direction;
        builder.isReply = isReply;
        builder.encrypted = encrypted;
        builder.cluster = cluster;
        builder.reporter = reporter;
        builder.collector = collector;
        builder.sampling = sampling;
        builder.lostPercent = lostPercent;
        builder.tunnel = tunnel;
        builder.l7 = l7;
        return builder;
    }

    /**
     * The number of ordinary flows that take as much memory; the sender decides how many labels and names, and how long
     * texts, there are.
     */
    public int weight() {
        int texts = l7 == null ? 0 : l7.length() / ORDINARY_TEXT;
        return 1 + (source.labelsAndNames() + destination.labelsAndNames()) / ORDINARY_NAMES + texts;
    }

    /** True if the protocol is ICMP of either version, which has no ports. */
    @JsonIgnore
    public boolean isIcmp() {
        return ICMP.contains(protocol);
    }

    /** Returns the name for an IANA protocol number: one of the five names above, else the number as text. */
    public static String protocolName(int number) {
        return switch (number) {
            case 6 -> "TCP";
            case 17 -> "UDP";
            case 132 -> "SCTP";
            case 1 -> "ICMP";
            case 58 -> "ICMPV6";
            default -> Integer.toString(number);
        };
    }

    /** Returns a copy of this flow between other endpoints. */
    public Flow withEndpoints(Endpoint newSource, Endpoint newDestination) {
        return toBuilder().source(newSource).destination(newDestination).build();
    }

    /** Returns a copy of this flow in another cluster. */
    public Flow withCluster(@Nullable String newCluster) {
        return Objects.equals(newCluster, cluster)
                ? this
                : toBuilder().cluster(newCluster).build();
    }

    /** True if this stands for one of several clusters and it is not known for which. */
    public static boolean isAmbiguous(@Nullable String cluster) {
        return AMBIGUOUS_CLUSTER.equals(cluster);
    }

    /** Returns a copy of this flow with another share of lost records. */
    public Flow withLost(@Nullable Integer percent) {
        return Objects.equals(percent, lostPercent)
                ? this
                : toBuilder().lostPercent(percent).build();
    }

    /** Returns a copy of this flow with another tunnel. */
    public Flow within(@Nullable String newTunnel) {
        return Objects.equals(newTunnel, tunnel)
                ? this
                : toBuilder().tunnel(newTunnel).build();
    }

    private static void requireTime(String field, long ms) {
        if (ms <= 0 || ms > MAX_MS) {
            throw new InvalidRecordException(field, ms + " is not a time in milliseconds since 1970");
        }
    }

    private static String canonicalProtocol(String protocol) {
        if (NAMED.contains(protocol)) {
            return protocol;
        }
        int number = number(protocol);
        if (number >= 0 && number <= MAX_PROTOCOL) {
            String name = protocolName(number);
            return name.equals(protocol) ? protocol : name;
        }
        String upper = protocol.toUpperCase(Locale.ROOT);
        if (NAMED.contains(upper)) {
            return upper;
        }
        throw new InvalidRecordException(
                "protocol",
                "'" + Text.cut(protocol, 32, "...") + "' is not TCP, UDP, SCTP, ICMP, ICMPV6 or a number of 0..255");
    }

    /** Returns the number that one to three digits write; -1 for another text. */
    private static int number(String text) {
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || i == 3) {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return text.isEmpty() ? -1 : number;
    }

    /**
     * Builds a flow field by field; a field that is not set is null, and the verdict UNKNOWN. An end is set as a whole,
     * or field by field through its own builder. For one thread.
     */
    public static final class Builder {
        private @Nullable Long startMs;
        private @Nullable Long endMs;
        private @Nullable Endpoint source;
        private Endpoint.@Nullable Builder sourceBuilder;
        private @Nullable Endpoint destination;
        private Endpoint.@Nullable Builder destinationBuilder;
        private @Nullable String protocol;
        private Verdict verdict = Verdict.UNKNOWN;
        private @Nullable String dropReason;
        private @Nullable Direction direction;
        private @Nullable Boolean isReply;
        private @Nullable Boolean encrypted;
        private @Nullable String cluster;
        private @Nullable String reporter;
        private @Nullable String collector;
        private @Nullable Integer sampling;
        private @Nullable Integer lostPercent;
        private @Nullable String tunnel;
        private @Nullable L7 l7;
        private L7.@Nullable Builder l7Builder;

        private Builder() {}

        public Builder startMs(@Nullable Long value) {
            startMs = value;
            return this;
        }

        public Builder endMs(@Nullable Long value) {
            endMs = value;
            return this;
        }

        public Builder source(Endpoint value) {
            source = value;
            sourceBuilder = null;
            return this;
        }

        /** Returns the builder of the source; it holds the components of the source that was set before. */
        public Endpoint.Builder source() {
            Endpoint.Builder builder = sourceBuilder;
            if (builder == null) {
                builder = source == null ? Endpoint.builder() : source.toBuilder();
                sourceBuilder = builder;
            }
            return builder;
        }

        public Builder destination(Endpoint value) {
            destination = value;
            destinationBuilder = null;
            return this;
        }

        /** Returns the builder of the destination; it holds the components of the destination that was set before. */
        public Endpoint.Builder destination() {
            Endpoint.Builder builder = destinationBuilder;
            if (builder == null) {
                builder = destination == null ? Endpoint.builder() : destination.toBuilder();
                destinationBuilder = builder;
            }
            return builder;
        }

        public Builder protocol(@Nullable String value) {
            protocol = value;
            return this;
        }

        public Builder verdict(Verdict value) {
            verdict = value;
            return this;
        }

        public Builder dropReason(@Nullable String value) {
            dropReason = value;
            return this;
        }

        public Builder direction(@Nullable Direction value) {
            direction = value;
            return this;
        }

        public Builder isReply(@Nullable Boolean value) {
            isReply = value;
            return this;
        }

        public Builder encrypted(@Nullable Boolean value) {
            encrypted = value;
            return this;
        }

        public Builder cluster(@Nullable String value) {
            cluster = value;
            return this;
        }

        public Builder reporter(@Nullable String value) {
            reporter = value;
            return this;
        }

        public Builder collector(@Nullable String value) {
            collector = value;
            return this;
        }

        public Builder sampling(@Nullable Integer value) {
            sampling = value;
            return this;
        }

        public Builder lostPercent(@Nullable Integer value) {
            lostPercent = value;
            return this;
        }

        public Builder tunnel(@Nullable String value) {
            tunnel = value;
            return this;
        }

        public Builder l7(@Nullable L7 value) {
            l7 = value;
            l7Builder = null;
            return this;
        }

        /** Returns the builder of the application layer; it holds the parts that were set before. */
        public L7.Builder l7() {
            L7.Builder builder = l7Builder;
            if (builder == null) {
                builder = l7 == null ? new L7.Builder() : new L7.Builder(l7);
                l7Builder = builder;
            }
            return builder;
        }

        public @Nullable Long startMs() {
            return startMs;
        }

        public @Nullable Long endMs() {
            return endMs;
        }

        public @Nullable String protocol() {
            return protocol;
        }

        public Verdict verdict() {
            return verdict;
        }

        public @Nullable String dropReason() {
            return dropReason;
        }

        public @Nullable Direction direction() {
            return direction;
        }

        public @Nullable String cluster() {
            return cluster;
        }

        public @Nullable String reporter() {
            return reporter;
        }

        /**
         * Returns the flow. A flow without an end time ends when it starts.
         *
         * @throws InvalidRecordException naming the field that is missing or wrong
         */
        public Flow build() {
            Long start = required("start_ms", startMs);
            return new Flow(
                    start,
                    endMs == null ? start : endMs,
                    endpoint("source", source, sourceBuilder),
                    endpoint("destination", destination, destinationBuilder),
                    required("protocol", protocol),
                    verdict,
                    dropReason,
                    direction,
                    isReply,
                    encrypted,
                    cluster,
                    reporter,
                    collector,
                    sampling,
                    lostPercent,
                    tunnel,
                    l7Builder == null ? l7 : l7Builder.build());
        }

        private static Endpoint endpoint(String side, @Nullable Endpoint whole, Endpoint.@Nullable Builder builder) {
            if (builder == null) {
                return required(side, whole);
            }
            try {
                return builder.build();
            } catch (InvalidRecordException e) {
                throw e.under(side);
            }
        }

        private static <T> T required(String field, @Nullable T value) {
            if (value == null) {
                throw new InvalidRecordException(field, "is missing");
            }
            return value;
        }
    }
}
