package dev.weir.ingest.packet;

import org.jspecify.annotations.Nullable;

/** Classifies ICMP messages by their types: RFC 792 and its successors in IANA's registry, RFC 4443 for IPv6. */
public final class Icmp {
    private static final int UNREACHABLE = 3;
    private static final int SOURCE_QUENCH = 4;
    private static final int REDIRECT = 5;
    private static final int TIME_EXCEEDED = 11;
    private static final int PARAMETER_PROBLEM = 12;
    private static final int REDIRECT_V6 = 137;
    /** The first type of ICMPv6 that is not an error, by the highest bit. */
    private static final int FIRST_INFORMATION_V6 = 128;

    private Icmp() {}

    /**
     * Returns true if a message answers a packet of another connection with an error or a hint. Such a message is
     * related to that connection, as connection tracking calls it, and opens none of its own.
     *
     * @param protocol IANA number; only {@link Packet#ICMP} and {@link Packet#ICMPV6} have such messages
     */
    public static boolean isError(int protocol, int type) {
        return switch (protocol) {
            case Packet.ICMP ->
                type == UNREACHABLE
                        || type == SOURCE_QUENCH
                        || type == REDIRECT
                        || type == TIME_EXCEEDED
                        || type == PARAMETER_PROBLEM;
            case Packet.ICMPV6 -> type < FIRST_INFORMATION_V6 || type == REDIRECT_V6;
            default -> false;
        };
    }

    /** Returns whether a message replies to a request; null if its type is neither a request nor a reply. */
    public static @Nullable Boolean isReply(int protocol, int type) {
        if (protocol == Packet.ICMPV6) {
            return switch (type) {
                // Echo, node information (RFC 4620), home agents and prefixes (RFC 6275), extended echo (RFC 8335).
                case 128, 139, 144, 146, 160 -> Boolean.FALSE;
                case 129, 140, 145, 147, 161 -> Boolean.TRUE;
                default -> null;
            };
        }
        // Echo, timestamp, information, address mask and extended echo.
        return switch (type) {
            case 8, 13, 15, 17, 42 -> Boolean.FALSE;
            case 0, 14, 16, 18, 43 -> Boolean.TRUE;
            default -> null;
        };
    }
}
