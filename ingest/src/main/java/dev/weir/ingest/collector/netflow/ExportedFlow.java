package dev.weir.ingest.collector.netflow;

import org.jspecify.annotations.Nullable;

/**
 * One data record as the exporter sent it, before it becomes a {@link dev.weir.model.Flow}. A field is null if the
 * record does not contain it. Times are milliseconds since the epoch, rounded down.
 *
 * @param bytes elements 1, 85, 231 or 23, the first that is present; packets likewise 2, 86, 298, 24
 * @param reverseBytes enterprise 29305 or the responder's element 232; packets likewise, 299
 * @param eventMs element 323 or 324, in records of an event rather than a span
 * @param firewallEvent element 233: 3 is denied
 * @param isReply true if the source answers, by elements 239 or 231 and 298
 * @param point interfaces and direction of the observation; null if the record has none
 * @param natDestinationIp elements 226 and 282, absent if unspecified; the port likewise, element 228
 * @param antrea the elements that Antrea adds; null from other exporters
 * @param forwardingStatus element 89: 64 to 127 forwarded, 128 to 191 dropped
 * @param tunnel encapsulation of the packet, if the record contains the packet itself
 */
record ExportedFlow(
        String sourceIp,
        String destinationIp,
        @Nullable Integer sourcePort,
        @Nullable Integer destinationPort,
        int protocol,
        @Nullable Long bytes,
        @Nullable Long packets,
        @Nullable Long reverseBytes,
        @Nullable Long reversePackets,
        @Nullable Integer tcpFlags,
        @Nullable Integer reverseTcpFlags,
        @Nullable Long startMs,
        @Nullable Long endMs,
        @Nullable Long eventMs,
        long exportMs,
        @Nullable Integer icmpTypeCode,
        @Nullable Integer firewallEvent,
        @Nullable Integer forwardingStatus,
        @Nullable Integer sampling,
        @Nullable Boolean isReply,
        @Nullable String point,
        @Nullable String natDestinationIp,
        @Nullable Integer natDestinationPort,
        @Nullable Antrea antrea,
        @Nullable String tunnel) {

    /**
     * True if only the destination sent anything. Exporters that order the ends of a biflow by address write such
     * records; a source that sent nothing opened nothing. If the exporter says which end opened the connection, that is
     * used instead.
     */
    boolean isOfDestinationOnly() {
        return isReply == null
                && antrea == null
                && isNothing(bytes)
                && isNothing(packets)
                && isSome(reversePackets, reverseBytes);
    }

    /** Returns the record with source and destination exchanged, and one direction only. */
    ExportedFlow turned() {
        return new ExportedFlow(
                destinationIp,
                sourceIp,
                destinationPort,
                sourcePort,
                protocol,
                reverseBytes,
                reversePackets,
                null,
                null,
                reverseTcpFlags,
                tcpFlags,
                startMs,
                endMs,
                eventMs,
                exportMs,
                // The ICMP type belongs to the direction that sent nothing.
                null,
                firewallEvent,
                forwardingStatus,
                sampling,
                null,
                point,
                null,
                null,
                null,
                tunnel);
    }

    private static boolean isNothing(@Nullable Long count) {
        return count == null || count == 0;
    }

    private static boolean isSome(@Nullable Long packets, @Nullable Long bytes) {
        return !isNothing(packets) || !isNothing(bytes);
    }
}
