package dev.weir.ingest.collector.netflow;

import dev.weir.common.Millis;
import dev.weir.common.Nullables;
import dev.weir.ingest.orientation.Orientation;
import dev.weir.ingest.packet.Icmp;
import dev.weir.ingest.packet.Packet;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.Verdict;
import org.jspecify.annotations.Nullable;

/** Converts records of exporters to {@link Flow}s. */
final class ExportedFlows {
    private static final int DENIED = 3;
    /** The longest plausible time between a flow's start and its export; beyond it the record's times are wrong. */
    private static final long MAX_AGE_MS = 31 * Millis.DAY;

    private ExportedFlows() {}

    /**
     * Converts one record.
     *
     * @throws InvalidRecordException if the record cannot be a flow; it names the field
     */
    static Flow flow(ExportedFlow exported, String exporter, @Nullable String cluster) {
        ExportedFlow record = exported.isOfDestinationOnly() ? exported.turned() : exported;
        if (unspecified(record.sourceIp()) || unspecified(record.destinationIp())) {
            throw new InvalidRecordException("source.ip", "is unspecified");
        }
        boolean icmp = record.protocol() == Packet.ICMP || record.protocol() == Packet.ICMPV6;
        long end = sane(Nullables.first(record.endMs(), record.eventMs()), record.exportMs());
        long start = Math.min(end, sane(Nullables.first(record.startMs(), record.eventMs()), record.exportMs()));
        Antrea antrea = record.antrea();
        return Flow.builder()
                .startMs(start)
                .endMs(end)
                .source(source(record, icmp)
                        .withCounters(record.bytes(), record.packets(), orAbsent(record.tcpFlags())))
                .destination(destination(record, icmp)
                        .withCounters(
                                reverse(record, record.reverseBytes()),
                                reverse(record, record.reversePackets()),
                                orAbsent(record.reverseTcpFlags())))
                .protocol(Flow.protocolName(record.protocol()))
                .verdict(verdict(record))
                .dropReason(antrea != null && Boolean.TRUE.equals(antrea.denied()) ? "POLICY_DENIED" : null)
                .isReply(antrea != null ? Boolean.FALSE : icmp ? icmpReply(record) : record.isReply())
                .cluster(cluster)
                .reporter(exporter)
                .collector("netflow")
                .sampling(record.sampling())
                .tunnel(record.tunnel())
                .build();
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
        // Flows to a server are judged by the address at which they arrive. In replies, exporters disagree about the
        // meaning of these elements.
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
     * Drops reverse counters of which both are zero, so that halves are paired: some exporters declare them, and then
     * send each direction as a record of its own.
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
        // The two high bits decide (RFC 7270): 2 is dropped, 1 forwarded, 3 consumed by the device itself.
        return switch (status >> 6) {
            case 2 -> Verdict.DROPPED;
            case 1, 3 -> Verdict.FORWARDED;
            default -> Verdict.UNKNOWN;
        };
    }

    /** True if the record is of an ICMP error, which concerns another connection and is none itself. */
    static boolean isIcmpError(ExportedFlow record) {
        Integer typeCode = record.icmpTypeCode();
        return typeCode != null && Icmp.isError(record.protocol(), typeCode >> 8);
    }

    /** Returns whether the source of an ICMP message answers; null if its type is neither a request nor a reply. */
    private static @Nullable Boolean icmpReply(ExportedFlow record) {
        Integer typeCode = record.icmpTypeCode();
        return typeCode == null ? null : Icmp.isReply(record.protocol(), typeCode >> 8);
    }

    /** Returns the time, or that of the export if the time is absent, in the future or implausibly long ago. */
    private static long sane(@Nullable Long ms, long exportMs) {
        return ms == null || ms > exportMs + Millis.DAY || ms < exportMs - MAX_AGE_MS ? exportMs : ms;
    }

    private static boolean unspecified(String ip) {
        return ip.equals("0.0.0.0") || ip.equals("::");
    }
}
