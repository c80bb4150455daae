package dev.weir.ingest.collector.netflow;

import org.jspecify.annotations.Nullable;

/**
 * One data record as the exporter sent it, before it becomes a {@link dev.weir.model.Flow}. Null is what the record
 * does not hold. Times are milliseconds since the epoch, rounded down.
 *
 * @param bytes by elements 1, 85, 231 or 23, the first that is there; packets likewise by 2, 86, 298, 24
 * @param reverseBytes by enterprise 29305 or the responder's element 232; packets likewise, 299
 * @param eventMs element 323 or 324, for records of an event rather than a span
 * @param firewallEvent element 233: 3 is denied
 * @param isReply whether the source answers, as elements 239 or 231 and 298 tell
 * @param point interfaces and direction it was seen at; null when they are not told
 * @param natDestinationIp elements 226 and 282, absent when unspecified; the port likewise, element 228
 * @param antrea what Antrea adds; null from other exporters
 * @param forwardingStatus element 89: 64 to 127 forwarded, 128 to 191 dropped
 * @param tunnel what the packet was carried in, where the record holds the packet itself
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
     * Whether only the destination sent anything. Exporters that order the ends of a biflow by address write so; a source
     * that sent nothing opened nothing. Where the exporter says who opened the connection, it is believed.
     */
    boolean isOfDestinationOnly() {
        return isReply == null
                && antrea == null
                && isNothing(bytes)
                && isNothing(packets)
                && isSome(reversePackets, reverseBytes);
    }

    /** The same packets with the ends exchanged: a record of one direction. */
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
                // That is of the direction that sent nothing.
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
