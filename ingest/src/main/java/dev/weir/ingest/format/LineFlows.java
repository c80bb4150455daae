package dev.weir.ingest.format;

import dev.weir.common.Ip;
import dev.weir.ingest.packet.Icmp;
import dev.weir.ingest.packet.Packet;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finishes the flow of a line or a message in the way that is common to all formats: ICMP has no ports, its protocol is
 * that of the addresses, and a flow does not end before it starts.
 */
public final class LineFlows {
    private LineFlows() {}

    /**
     * The flow of a line of which the type of ICMP is not known.
     *
     * @param collector kind of the collector
     * @throws InvalidRecordException naming the field of the flow that is missing or wrong
     */
    public static Flow finish(Flow.Builder flow, String collector) {
        String protocol = flow.protocol();
        if (isIcmp(protocol)) {
            flow.protocol(isV6(flow) ? "ICMPV6" : "ICMP");
            flow.source().port(null);
            flow.destination().port(null);
        }
        Long start = flow.startMs();
        Long end = flow.endMs();
        if (start != null && end != null) {
            flow.endMs(Math.max(end, start));
        }
        // A line without an address lacks it, and not the whole end.
        flow.source();
        flow.destination();
        return flow.collector(collector).build();
    }

    /**
     * The flow of a line; null when it is an ICMP error, which is related to another connection and none of its own.
     *
     * @param collector kind of the collector
     * @param icmpType type of the message that the flow consists of, which shows whether it is a reply; null when it is
     *     not known, and without meaning when the protocol is another
     * @throws InvalidRecordException naming the field of the flow that is missing or wrong
     */
    public static @Nullable Flow finish(Flow.Builder flow, String collector, @Nullable Integer icmpType) {
        if (icmpType != null && isIcmp(flow.protocol())) {
            int version = isV6(flow) ? Packet.ICMPV6 : Packet.ICMP;
            if (Icmp.isError(version, icmpType)) {
                return null;
            }
            Boolean isReply = Icmp.isReply(version, icmpType);
            if (isReply != null) {
                flow.isReply(isReply);
            }
        }
        return finish(flow, collector);
    }

    private static boolean isIcmp(@Nullable String protocol) {
        return protocol != null
                && switch (protocol.toUpperCase(Locale.ROOT)) {
                    case "ICMP", "ICMPV4", "1", "ICMPV6", "ICMP6", "58" -> true;
                    default -> false;
                };
    }

    /** Sources often call both versions by the name of the first. */
    private static boolean isV6(Flow.Builder flow) {
        String ip = flow.source().ip();
        String canonical = ip == null ? null : Ip.canonical(ip);
        return canonical != null && canonical.indexOf(':') >= 0;
    }
}
