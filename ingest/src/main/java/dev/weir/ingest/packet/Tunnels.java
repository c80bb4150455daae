package dev.weir.ingest.packet;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decapsulates packets that carry packets: VXLAN (RFC 7348, also on the port of Linux before it was assigned, which
 * Flannel and Cilium use) and its generic extension (draft-ietf-nvo3-vxlan-gpe), Geneve (RFC 8926), GRE (RFC 2784 and
 * 2890, with Ethernet as NVGRE and mirrors have it), IP in IP (RFC 2003, 4213) and MPLS (RFC 3032, 4023, 7510).
 * Encrypted packets, as of WireGuard and IPsec, stay as they are.
 */
final class Tunnels {
    /** Replaces an ethertype if an Ethernet frame follows. */
    static final int ETHERNET = 0x6558;
    /** Replaces an ethertype if an IP packet follows; its version decides. */
    static final int BY_VERSION = -2;

    private static final int IPIP = 4;
    private static final int IPV6_IN_IP = 41;
    private static final int GRE = 47;
    private static final int MPLS_IN_IP = 137;
    private static final int VXLAN_PORT = 4789;
    private static final int VXLAN_PORT_OF_LINUX = 8472;
    private static final int VXLAN_GPE_PORT = 4790;
    private static final int GENEVE_PORT = 6081;
    private static final int MPLS_PORT = 6635;

    private static final int UDP_HEADER = 8;
    private static final int VXLAN_HEADER = 8;
    private static final int VXLAN_FLAG = 0x08000000;
    private static final int GPE_VERSION = 0x30000000;
    private static final int GPE_HAS_NEXT = 0x04000000;
    private static final int GPE_OAM = 0x01000000;
    private static final int GENEVE_HEADER = 8;
    private static final int ERSPAN_2 = 0x88be;
    private static final int ERSPAN_3 = 0x22eb;
    private static final int MAX_LABELS = 16;

    private Tunnels() {}

    /**
     * Returns the packet that one of a protocol carries.
     *
     * @param in bytes from the transport header on; its position is left unchanged
     * @return null if the packet carries none, or not enough of it to be read
     */
    static @Nullable Packet carried(int protocol, ByteBuffer in, int depth) {
        return switch (protocol) {
            case IPIP, IPV6_IN_IP -> inside("ipip", BY_VERSION, in, 0, depth);
            case GRE -> gre(in, depth);
            case MPLS_IN_IP -> mpls(in, 0, depth);
            case Packet.UDP -> udp(in, depth);
            default -> null;
        };
    }

    private static @Nullable Packet udp(ByteBuffer in, int depth) {
        int start = in.position();
        if (in.remaining() < UDP_HEADER + VXLAN_HEADER) {
            return null;
        }
        int body = start + UDP_HEADER;
        return switch (in.getShort(start + 2) & 0xffff) {
            case VXLAN_PORT, VXLAN_PORT_OF_LINUX -> vxlan(in, body, depth);
            case VXLAN_GPE_PORT -> vxlanGpe(in, body, depth);
            case GENEVE_PORT -> geneve(in, body, depth);
            case MPLS_PORT -> mpls(in, UDP_HEADER, depth);
            default -> null;
        };
    }

    /** The one flag means that there is a network id; receivers ignore the other bits. */
    private static @Nullable Packet vxlan(ByteBuffer in, int body, int depth) {
        if ((in.getInt(body) & VXLAN_FLAG) == 0) {
            return null;
        }
        return inside("vxlan", ETHERNET, in, UDP_HEADER + VXLAN_HEADER, depth);
    }

    /**
     * The last byte of the first word is the protocol of the payload, if a flag says so; without the flag it is
     * Ethernet.
     */
    private static @Nullable Packet vxlanGpe(ByteBuffer in, int body, int depth) {
        int first = in.getInt(body);
        boolean isOther = (first & (GPE_VERSION | GPE_OAM)) != 0;
        if (isOther) {
            return null;
        }
        int next = (first & GPE_HAS_NEXT) == 0 ? 3 : first & 0xff;
        int at = UDP_HEADER + VXLAN_HEADER;
        return switch (next) {
            case 1, 2 -> inside("vxlan", BY_VERSION, in, at, depth);
            case 3 -> inside("vxlan", ETHERNET, in, at, depth);
            case 5 -> mpls(in, at, depth);
            default -> null;
        };
    }

    private static @Nullable Packet geneve(ByteBuffer in, int body, int depth) {
        boolean isOtherVersion = (in.get(body) & 0xc0) != 0;
        if (isOtherVersion) {
            return null;
        }
        int options = (in.get(body) & 0x3f) * 4;
        return inside("geneve", in.getShort(body + 2) & 0xffff, in, UDP_HEADER + GENEVE_HEADER + options, depth);
    }

    private static @Nullable Packet gre(ByteBuffer in, int depth) {
        if (in.remaining() < 4) {
            return null;
        }
        int flags = in.getShort(in.position()) & 0xffff;
        int type = in.getShort(in.position() + 2) & 0xffff;
        boolean isOther = (flags & 7) != 0 || (flags & 0x4000) != 0;
        if (isOther) {
            // Version 1 is PPTP's; routing was removed from the standard.
            return null;
        }
        int header =
                4 + ((flags & 0x8000) != 0 ? 4 : 0) + ((flags & 0x2000) != 0 ? 4 : 0) + ((flags & 0x1000) != 0 ? 4 : 0);
        return switch (type) {
            // A mirror of type I has no header of its own, and no sequence number.
            case ERSPAN_2 -> inside("gre", ETHERNET, in, header + ((flags & 0x1000) != 0 ? 8 : 0), depth);
            case ERSPAN_3 -> {
                boolean hasMore = in.remaining() >= header + 12 && (in.get(in.position() + header + 11) & 1) != 0;
                yield inside("gre", ETHERNET, in, header + 12 + (hasMore ? 8 : 0), depth);
            }
            default -> inside("gre", type, in, header, depth);
        };
    }

    private static @Nullable Packet mpls(ByteBuffer in, int at, int depth) {
        ByteBuffer from = from(in, at);
        return from == null ? null : labelled(from, depth);
    }

    /** Reads the packet after a stack of labels; a bit marks the last label. */
    static @Nullable Packet labelled(ByteBuffer in, int depth) {
        if (depth >= Packet.MAX_TUNNELS) {
            return null;
        }
        for (int i = 0; i < MAX_LABELS && in.remaining() >= 4; i++) {
            boolean isLast = (in.getInt() & 0x100) != 0;
            if (isLast) {
                Packet inner = behindLabels(in, depth + 1);
                return inner == null ? null : inner.within("mpls");
            }
        }
        return null;
    }

    /**
     * Reads IP, or the Ethernet frame of a pseudowire with or without a control word, whose first bits are zero (RFC
     * 4448).
     */
    private static @Nullable Packet behindLabels(ByteBuffer in, int depth) {
        Packet ip = Packet.carried(BY_VERSION, in.slice(), depth);
        if (ip != null || in.remaining() < 4) {
            return ip;
        }
        boolean hasControlWord = (in.get(in.position()) & 0xf0) == 0;
        Packet framed = hasControlWord
                ? Packet.carried(ETHERNET, in.slice(in.position() + 4, in.remaining() - 4), depth)
                : null;
        return framed != null ? framed : Packet.carried(ETHERNET, in.slice(), depth);
    }

    private static @Nullable Packet inside(String tunnel, int type, ByteBuffer in, int at, int depth) {
        ByteBuffer from = from(in, at);
        Packet inner = from == null ? null : Packet.carried(type, from, depth + 1);
        return inner == null ? null : inner.within(tunnel);
    }

    private static @Nullable ByteBuffer from(ByteBuffer in, int at) {
        return in.remaining() <= at ? null : in.slice(in.position() + at, in.remaining() - at);
    }
}
