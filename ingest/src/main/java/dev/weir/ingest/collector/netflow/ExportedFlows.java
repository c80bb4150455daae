package dev.weir.ingest.collector.netflow;

import dev.weir.ingest.orientation.Orientation;
import dev.weir.ingest.packet.Icmp;
import dev.weir.ingest.packet.Packet;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Verdict;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Flow} of what an exporter sent. */
final class ExportedFlows {
    private static final int DENIED = 3;
    private static final long DAY_MS = 24 * 60 * 60 * 1000L;
    /** A flow that lasted longer than a month before its export has its times wrong. */
    private static final long MAX_AGE_MS = 31 * DAY_MS;

    private ExportedFlows() {}

    /**
     * @throws InvalidRecordException naming the field when the record can be no flow
     */
    static Flow flow(ExportedFlow exported, String exporter, @Nullable String cluster) {
        ExportedFlow record = exported.isOfDestinationOnly() ? exported.turned() : exported;
        if (unspecified(record.sourceIp()) || unspecified(record.destinationIp())) {
            throw new InvalidRecordException("source.ip", "is unspecified");
        }
        boolean icmp = record.protocol() == Packet.ICMP || record.protocol() == Packet.ICMPV6;
        long end = sane(first(record.endMs(), record.eventMs()), record.exportMs());
        long start = Math.min(end, sane(first(record.startMs(), record.eventMs()), record.exportMs()));
        Antrea antrea = record.antrea();
        return new Flow(
                        start,
                        end,
                        source(record, icmp)
                                .withCounters(record.bytes(), record.packets(), orAbsent(record.tcpFlags())),
                        destination(record, icmp)
                                .withCounters(
                                        reverse(record, record.reverseBytes()),
                                        reverse(record, record.reversePackets()),
                                        orAbsent(record.reverseTcpFlags())),
                        Flow.protocolName(record.protocol()),
                        verdict(record),
                        antrea != null && Boolean.TRUE.equals(antrea.denied()) ? "POLICY_DENIED" : null,
                        null,
                        antrea != null ? Boolean.FALSE : icmp ? icmpReply(record) : record.isReply(),
                        null,
                        cluster,
                        exporter,
                        "netflow",
                        record.sampling(),
                        null)
                .within(record.tunnel());
    }

    private static @Nullable Integer orAbsent(@Nullable Integer flags) {
        return flags == null || flags == 0 ? null : flags;
    }

    private static Endpoint source(ExportedFlow record, boolean icmp) {
        Antrea antrea = record.antrea();
        Endpoint bare = Endpoint.of(record.sourceIp(), icmp ? null : record.sourcePort());
        return antrea == null ? bare : bare.named(antrea.sourceNamespace, antrea.sourcePod, antrea.sourceNode, null);
    }

    private static Endpoint destination(ExportedFlow record, boolean icmp) {
        Antrea antrea = record.antrea();
        // What goes to a server is judged by where it arrives. In replies exporters disagree about what these elements
        // hold.
        boolean toServer =
                Boolean.FALSE.equals(Orientation.isFromServer(record.sourcePort(), record.destinationPort()));
        String ip = toServer && record.natDestinationIp() != null ? record.natDestinationIp() : record.destinationIp();
        Integer port = toServer && record.natDestinationPort() != null
                ? record.natDestinationPort()
                : record.destinationPort();
        Endpoint bare = Endpoint.of(ip, icmp ? null : port);
        return antrea == null
                ? bare
                : bare.named(
                        antrea.destinationNamespace, antrea.destinationPod, antrea.destinationNode, antrea.service());
    }

    /**
     * Some exporters declare reverse counters and then send each direction as a record of its own, with zeros for the
     * other. Zeros both are taken as not given, so that the halves are paired.
     */
    private static @Nullable Long reverse(ExportedFlow record, @Nullable Long value) {
        boolean nothing = isZero(record.reverseBytes()) && isZero(record.reversePackets());
        return nothing ? null : value;
    }

    private static boolean isZero(@Nullable Long value) {
        return value == null || value == 0;
    }

    private static Verdict verdict(ExportedFlow record) {
        Antrea antrea = record.antrea();
        Boolean denied = antrea == null ? null : antrea.denied();
        if (denied != null) {
            return denied ? Verdict.DROPPED : Verdict.FORWARDED;
        }
        Integer event = record.firewallEvent();
        if (event != null) {
            return event == DENIED ? Verdict.DROPPED : Verdict.FORWARDED;
        }
        Integer status = record.forwardingStatus();
        if (status == null) {
            return Verdict.UNKNOWN;
        }
        // RFC 7270: the two high bits; 2 is dropped, 1 forwarded, 3 consumed by the device itself.
        return switch (status >> 6) {
            case 2 -> Verdict.DROPPED;
            case 1, 3 -> Verdict.FORWARDED;
            default -> Verdict.UNKNOWN;
        };
    }

    /** Whether the record is of an ICMP error, which is related to another connection and none of its own. */
    static boolean isIcmpError(ExportedFlow record) {
        Integer typeCode = record.icmpTypeCode();
        return typeCode != null && Icmp.isError(record.protocol(), typeCode >> 8);
    }

    /** Requests and replies tell who asked. */
    private static @Nullable Boolean icmpReply(ExportedFlow record) {
        Integer typeCode = record.icmpTypeCode();
        return typeCode == null ? null : Icmp.isReply(record.protocol(), typeCode >> 8);
    }

    private static @Nullable Long first(@Nullable Long a, @Nullable Long b) {
        return a == null ? b : a;
    }

    /** The time, or that of the export when it is absent, in the future, or too far past to be meant. */
    private static long sane(@Nullable Long ms, long exportMs) {
        return ms == null || ms > exportMs + DAY_MS || ms < exportMs - MAX_AGE_MS ? exportMs : ms;
    }

    private static boolean unspecified(String ip) {
        return ip.equals("0.0.0.0") || ip.equals("::");
    }
}
