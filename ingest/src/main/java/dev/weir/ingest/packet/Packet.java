package dev.weir.ingest.packet;

import dev.weir.common.Ip;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The headers of one packet.
 *
 * @param protocol IANA number; for IPv6 the one after the extension headers
 * @param sourcePort null for protocols without ports, later fragments, and headers that are cut off
 * @param tcpFlags null unless the packet is TCP and has its flags
 * @param icmpType null unless the packet is ICMP of either version
 * @param ipLength length of the IP packet in bytes, from its header
 * @param payload the captured bytes after the transport header; empty for later fragments
 * @param tcpSequence sequence number of the first payload byte; 0 unless the packet is TCP
 * @param fragmentOf key that the fragments of one datagram share; null if the packet is whole
 * @param networkInterface interface of the observation, if the frame contains it; else 0
 * @param tunnel encapsulation, see {@link Tunnels}; null for none
 */
public record Packet(
        String sourceIp,
        String destinationIp,
        int protocol,
        @Nullable Integer sourcePort,
        @Nullable Integer destinationPort,
        @Nullable Integer tcpFlags,
        @Nullable Integer icmpType,
        int ipLength,
        ByteBuffer payload,
        long tcpSequence,
        @Nullable Integer fragmentOf,
        int networkInterface,
        @Nullable String tunnel) {
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int SCTP = 132;
    public static final int ICMP = 1;
    public static final int ICMPV6 = 58;

    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int ETHERTYPE_MPLS = 0x8847;
    private static final int ETHERTYPE_MPLS_MULTICAST = 0x8848;
    private static final int ETHERTYPE_AT = 12;
    static final int MAX_TUNNELS = 4;
    private static final int MAX_TAGS = 4;
    private static final int MAX_EXTENSIONS = 12;
    private static final int V6_HEADER = 40;

    /** The kinds of headers that a frame begins with, by the numbers of libpcap's LINKTYPE registry. */
    public static final class Link {
        public static final int NULL = 0;
        public static final int ETHERNET = 1;
        public static final int RAW_BSD = 12;
        public static final int RAW_OPENBSD = 14;
        public static final int RAW = 101;
        public static final int LOOP = 108;
        public static final int LINUX_SLL = 113;
        public static final int IPV4 = 228;
        public static final int IPV6 = 229;
        public static final int LINUX_SLL2 = 276;
        public static final int MPLS = 219;

        private Link() {}

        /** Returns true if frames of that kind can be read. */
        public static boolean isKnown(int link) {
            return switch (link) {
                case NULL, ETHERNET, RAW_BSD, RAW_OPENBSD, RAW, LOOP, LINUX_SLL, IPV4, IPV6, LINUX_SLL2, MPLS -> true;
                default -> false;
            };
        }
    }

    /**
     * Reads a frame.
     *
     * @param frame the frame's bytes from position to limit, which may be fewer than were sent
     * @return null if the frame contains no IP packet, or not both of its addresses
     */
    public static @Nullable Packet read(int link, ByteBuffer frame) {
        ByteBuffer in = frame.slice();
        int networkInterface = link == Link.LINUX_SLL2 && in.remaining() >= 8 ? in.getInt(4) : 0;
        int type =
                switch (link) {
                    case Link.ETHERNET -> skipTags(in, ETHERTYPE_AT);
                    case Link.LINUX_SLL -> skipTags(in, 14);
                    case Link.LINUX_SLL2 -> sll2(in);
                    case Link.MPLS -> ETHERTYPE_MPLS;
                    case Link.NULL, Link.LOOP -> skip(in, 4) ? byVersion(in) : -1;
                    default -> byVersion(in);
                };
        Packet packet = of(type, in, 0);
        return packet == null || networkInterface == 0 ? packet : packet.seenOn(networkInterface);
    }

    /**
     * Reads a packet by its ethertype.
     *
     * @param depth number of tunnels around it
     */
    private static @Nullable Packet of(int type, ByteBuffer in, int depth) {
        return switch (type) {
            case ETHERTYPE_IPV4 -> v4(in, depth);
            case ETHERTYPE_IPV6 -> v6(in, depth);
            case ETHERTYPE_MPLS, ETHERTYPE_MPLS_MULTICAST -> Tunnels.labelled(in, depth);
            default -> null;
        };
    }

    /** Reads a packet that another one carries; null if it carries none that can be read. */
    static @Nullable Packet carried(int type, ByteBuffer in, int depth) {
        int inner =
                switch (type) {
                    case Tunnels.ETHERNET -> skipTags(in, ETHERTYPE_AT);
                    case Tunnels.BY_VERSION -> byVersion(in);
                    default -> type;
                };
        return of(inner, in, depth);
    }

    /** Returns the packet with one more tunnel around it. */
    Packet within(String outer) {
        return with(sourcePort, destinationPort, networkInterface, tunnel == null ? outer : outer + "/" + tunnel);
    }

    /** Returns the packet as seen on another interface. */
    public Packet seenOn(int other) {
        return with(sourcePort, destinationPort, other, tunnel);
    }

    /** Returns the packet with the ports of its first fragment. */
    public Packet withPorts(@Nullable Integer source, @Nullable Integer destination) {
        return with(source, destination, networkInterface, tunnel);
    }

    private Packet with(@Nullable Integer source, @Nullable Integer destination, int on, @Nullable String in) {
        return new Packet(
                sourceIp,
                destinationIp,
                protocol,
                source,
                destination,
                tcpFlags,
                icmpType,
                ipLength,
                payload,
                tcpSequence,
                fragmentOf,
                on,
                in);
    }

    /** Skips the ethertype at an offset and any VLAN tags after it; returns the type of the payload, -1 for none. */
    private static int skipTags(ByteBuffer in, int typeAt) {
        if (!skip(in, typeAt)) {
            return -1;
        }
        for (int i = 0; i <= MAX_TAGS && in.remaining() >= 2; i++) {
            int type = in.getShort() & 0xffff;
            boolean tag = type == 0x8100 || type == 0x88a8 || type == 0x9100;
            if (!tag) {
                return type;
            }
            if (!skip(in, 2)) {
                return -1;
            }
        }
        return -1;
    }

    private static int sll2(ByteBuffer in) {
        if (in.remaining() < 20) {
            return -1;
        }
        int type = in.getShort() & 0xffff;
        in.position(20);
        return type;
    }

    private static int byVersion(ByteBuffer in) {
        if (!in.hasRemaining()) {
            return -1;
        }
        return switch (in.get(in.position()) >> 4 & 15) {
            case 4 -> ETHERTYPE_IPV4;
            case 6 -> ETHERTYPE_IPV6;
            default -> -1;
        };
    }

    private static @Nullable Packet v4(ByteBuffer in, int depth) {
        if (in.remaining() < 20 || (in.get(in.position()) >> 4 & 15) != 4) {
            return null;
        }
        int start = in.position();
        int header = (in.get(start) & 15) * 4;
        int length = in.getShort(start + 2) & 0xffff;
        int fragment = in.getShort(start + 6) & 0x1fff;
        boolean more = (in.getShort(start + 6) & 0x2000) != 0;
        Integer fragmentOf = fragment > 0 || more ? (Integer) (in.getShort(start + 4) & 0xffff) : null;
        int protocol = in.get(start + 9) & 255;
        String source = address(in, start + 12, 4);
        String destination = address(in, start + 16, 4);
        // If the network card does the segmentation, the length may be zero.
        int total = length == 0 ? in.remaining() : length;
        if (header < 20 || header > in.remaining() || total < header) {
            return null;
        }
        in.position(start + header);
        limit(in, total - header);
        return innermost(source, destination, protocol, fragment > 0, fragmentOf, total, in, depth);
    }

    private static @Nullable Packet v6(ByteBuffer in, int depth) {
        if (in.remaining() < V6_HEADER || (in.get(in.position()) >> 4 & 15) != 6) {
            return null;
        }
        int start = in.position();
        int length = in.getShort(start + 4) & 0xffff;
        int next = in.get(start + 6) & 255;
        String source = address(in, start + 8, 16);
        String destination = address(in, start + 24, 16);
        in.position(start + V6_HEADER);
        if (length > 0) {
            limit(in, length);
        }
        int total = V6_HEADER + (length > 0 ? length : in.remaining());
        boolean later = false;
        Integer fragmentOf = null;
        for (int i = 0; i < MAX_EXTENSIONS; i++) {
            // The lengths of hop-by-hop, routing, destination options and mobility headers count units of eight bytes.
            boolean plain = next == 0 || next == 43 || next == 60 || next == 135;
            if (!plain && next != 44 && next != 51) {
                break;
            }
            if (in.remaining() < 8) {
                return transport(source, destination, next, true, fragmentOf, total, in);
            }
            int at = in.position();
            int size =
                    switch (next) {
                        case 44 -> 8;
                        case 51 -> ((in.get(at + 1) & 255) + 2) * 4;
                        default -> ((in.get(at + 1) & 255) + 1) * 8;
                    };
            fragmentOf = next == 44 ? (Integer) in.getInt(at + 4) : fragmentOf;
            later |= next == 44 && (in.getShort(at + 2) & 0xfff8) != 0;
            next = in.get(at) & 255;
            if (!skip(in, size)) {
                return transport(source, destination, next, true, fragmentOf, total, in);
            }
        }
        return innermost(source, destination, next, later, fragmentOf, total, in, depth);
    }

    /**
     * Returns the packet that this one carries, or itself if it carries none. Only a whole packet can be decapsulated.
     */
    private static Packet innermost(
            String source,
            String destination,
            int protocol,
            boolean later,
            @Nullable Integer fragmentOf,
            int total,
            ByteBuffer in,
            int depth) {
        Packet inner =
                later || fragmentOf != null || depth >= MAX_TUNNELS ? null : Tunnels.carried(protocol, in, depth);
        return inner != null ? inner : transport(source, destination, protocol, later, fragmentOf, total, in);
    }

    /**
     * Reads the transport header.
     *
     * @param later true for a fragment other than the first, or one that is cut off: no transport header follows
     */
    private static Packet transport(
            String source,
            String destination,
            int protocol,
            boolean later,
            @Nullable Integer fragmentOf,
            int total,
            ByteBuffer in) {
        Integer from = null;
        Integer to = null;
        Integer flags = null;
        Integer icmp = null;
        long sequence = 0;
        ByteBuffer payload = ByteBuffer.allocate(0);
        boolean ports = protocol == TCP || protocol == UDP || protocol == SCTP;
        int start = in.position();
        if (!later && ports && in.remaining() >= 4) {
            from = in.getShort(start) & 0xffff;
            to = in.getShort(start + 2) & 0xffff;
            if (protocol == TCP && in.remaining() >= 14) {
                flags = in.get(start + 13) & 255;
                sequence = in.getInt(start + 4) & 0xffff_ffffL;
                if (skip(in, (in.get(start + 12) >> 4 & 15) * 4)) {
                    payload = in.slice();
                }
            } else if (protocol == UDP && skip(in, 8)) {
                payload = in.slice();
            }
        } else if (!later && (protocol == ICMP || protocol == ICMPV6) && in.hasRemaining()) {
            icmp = in.get(start) & 255;
        }
        return new Packet(
                source, destination, protocol, from, to, flags, icmp, total, payload, sequence, fragmentOf, 0, null);
    }

    private static void limit(ByteBuffer in, int length) {
        if (length < in.remaining()) {
            in.limit(in.position() + length);
        }
    }

    private static boolean skip(ByteBuffer in, int bytes) {
        if (in.remaining() < bytes) {
            in.position(in.limit());
            return false;
        }
        in.position(in.position() + bytes);
        return true;
    }

    private static String address(ByteBuffer in, int at, int length) {
        byte[] bytes = new byte[length];
        in.get(at, bytes);
        return Ip.toText(bytes);
    }
}
