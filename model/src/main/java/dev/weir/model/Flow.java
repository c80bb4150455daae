package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One connection, or a part of one, between two endpoints: the value of the topic {@code weir.flows}.
 *
 * @param startMs first packet, milliseconds since the epoch, greater than 0
 * @param endMs last packet, not before {@code startMs}
 * @param source the side that opened the connection
 * @param protocol TCP, UDP, SCTP, ICMP, ICMPV6 or the IANA number as text
 * @param dropReason Hubble's word for why the flow was dropped
 * @param isReply null when the record's source does not tell; never true after orientation
 * @param encrypted null when not known
 * @param reporter node or exporter that saw the flow
 * @param collector kind of collector that read it
 * @param sampling one of how many packets or flows was seen; null or 1 when all were
 * @param lostPercent of what its exporter sent lately, how much never came: 1 to 100; null when nothing is known to be lost
 * @param tunnel what its packets were carried in, from the outside in with slashes between: vxlan, geneve, gre, ipip, mpls; null for
 *     nothing, or where the record does not tell
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

    /** The last millisecond of the year 9999; whatever lies behind it is a unit mistaken (micro- or nanoseconds). */
    public static final long MAX_MS = 253_402_300_799_999L;

    /** The cluster of a flow that names none, when its addresses are in several. */
    public static final String AMBIGUOUS_CLUSTER = "(ambiguous)";

    private static final Set<String> ICMP = Set.of("ICMP", "ICMPV6");
    private static final Set<String> NAMED = Set.of("TCP", "UDP", "SCTP", "ICMP", "ICMPV6");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");

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

    /** A flow of which no more is known than every record tells. */
    public Flow(long startMs, long endMs, Endpoint source, Endpoint destination, String protocol, Verdict verdict) {
        this(
                startMs,
                endMs,
                source,
                destination,
                protocol,
                verdict,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** A flow in no tunnel, of an exporter of which nothing is known to be lost. */
    public Flow(
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
            @Nullable L7 l7) {
        this(
                startMs,
                endMs,
                source,
                destination,
                protocol,
                verdict,
                dropReason,
                direction,
                isReply,
                encrypted,
                cluster,
                reporter,
                collector,
                sampling,
                null,
                null,
                l7);
    }

    /** Whether it is of ICMP of either version, which has no ports. */
    @JsonIgnore
    public boolean isIcmp() {
        return ICMP.contains(protocol);
    }

    /** The name for an IANA protocol number: one of the five that have a name here, else the number as text. */
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

    /** The same flow between other endpoints. */
    public Flow withEndpoints(Endpoint newSource, Endpoint newDestination) {
        return with(newSource, newDestination, cluster, lostPercent, tunnel);
    }

    /** The same flow in that cluster. */
    public Flow withCluster(@Nullable String newCluster) {
        return Objects.equals(newCluster, cluster) ? this : with(source, destination, newCluster, lostPercent, tunnel);
    }

    /** Whether that stands for one of several clusters, and which of them is not known. */
    public static boolean isAmbiguous(@Nullable String cluster) {
        return AMBIGUOUS_CLUSTER.equals(cluster);
    }

    /** The same flow from an exporter of which so much was lost lately. */
    public Flow withLost(@Nullable Integer percent) {
        return Objects.equals(percent, lostPercent) ? this : with(source, destination, cluster, percent, tunnel);
    }

    /** The same flow, carried in a tunnel. */
    public Flow within(@Nullable String newTunnel) {
        return Objects.equals(newTunnel, tunnel) ? this : with(source, destination, cluster, lostPercent, newTunnel);
    }

    private Flow with(
            Endpoint newSource,
            Endpoint newDestination,
            @Nullable String newCluster,
            @Nullable Integer newLostPercent,
            @Nullable String newTunnel) {
        return new Flow(
                startMs,
                endMs,
                newSource,
                newDestination,
                protocol,
                verdict,
                dropReason,
                direction,
                isReply,
                encrypted,
                newCluster,
                reporter,
                collector,
                sampling,
                newLostPercent,
                newTunnel,
                l7);
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
        if (NUMBER.matcher(protocol).matches() && Integer.parseInt(protocol) <= 255) {
            return protocolName(Integer.parseInt(protocol));
        }
        String upper = protocol.toUpperCase(Locale.ROOT);
        if (NAMED.contains(upper)) {
            return upper;
        }
        throw new InvalidRecordException(
                "protocol",
                "'" + (protocol.length() > 32 ? protocol.substring(0, 32) + "..." : protocol)
                        + "' is not TCP, UDP, SCTP, ICMP, ICMPV6 or a number of 0..255");
    }
}
