package dev.weir.common;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Parses and formats IP address literals; never asks a resolver. Canonical text is dotted quad, or RFC 5952 for IPv6.
 */
public final class Ip {
    private static final int MAX_LITERAL = 45;
    private static final int MAX_V6 = 39;

    private Ip() {}

    /**
     * Returns the canonical text of a literal; an IPv4-mapped IPv6 address becomes IPv4.
     *
     * @return null if {@code text} is no address literal (a name, a zone, an octet over 255, a leading zero)
     */
    public static @Nullable String canonical(String text) {
        if (isV4(text) || isCanonicalV6(text)) {
            return text;
        }
        byte[] bytes = parse(text);
        return bytes == null ? null : toText(bytes);
    }

    /** Returns the 4 or 16 bytes of a literal, or null if the text is no literal. */
    public static byte @Nullable [] parse(String text) {
        if (isV4(text)) {
            return parseV4(text);
        }
        if (text.indexOf(':') < 0 || text.length() > MAX_LITERAL || !onlyHexColonDot(text)) {
            return null;
        }
        try {
            // The characters admit nothing but a literal, so no resolver is asked.
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException notALiteral) {
            return null;
        }
    }

    /** Returns the canonical text of 4 or 16 address bytes. */
    public static String toText(byte[] address) {
        if (address.length == 4) {
            return (address[0] & 255) + "." + (address[1] & 255) + "." + (address[2] & 255) + "." + (address[3] & 255);
        }
        if (address.length != 16) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + address.length);
        }
        if (isMapped(address)) {
            return toText(new byte[] {address[12], address[13], address[14], address[15]});
        }
        return v6Text(address);
    }

    /**
     * True for private, loopback, link-local, unique-local and carrier-grade NAT addresses, which no public peer has.
     */
    public static boolean isPrivate(String canonical) {
        byte[] a = parse(canonical);
        if (a == null) {
            return false;
        }
        if (isLocal(a, canonical)) {
            return true;
        }
        int b0 = a[0] & 255;
        int b1 = a[1] & 255;
        if (a.length == 4) {
            return b0 == 10
                    || (b0 == 172 && b1 >= 16 && b1 < 32)
                    || (b0 == 192 && b1 == 168)
                    || (b0 == 100 && b1 >= 64 && b1 < 128)
                    || (b0 == 198 && (b1 == 18 || b1 == 19));
        }
        // Unique local addresses of IPv6.
        return (b0 & 0xfe) == 0xfc;
    }

    /**
     * True for an address that means another machine on each link, or none: loopback, link-local, multicast, broadcast
     * and unspecified ones.
     */
    public static boolean isOfLink(String canonical) {
        byte[] a = parse(canonical);
        if (a == null) {
            return false;
        }
        return isLocal(a, canonical) || isMulticast(canonical) || isUnspecified(canonical);
    }

    /** True for loopback and link-local addresses. */
    private static boolean isLocal(byte[] a, String canonical) {
        int b0 = a[0] & 255;
        int b1 = a[1] & 255;
        return a.length == 4
                ? b0 == 127 || (b0 == 169 && b1 == 254)
                : (b0 == 0xfe && (b1 & 0xc0) == 0x80) || "::1".equals(canonical);
    }

    /** True for an address that a peer outside can have: not private, not multicast and not unspecified. */
    public static boolean isPublic(String canonical) {
        return !isPrivate(canonical) && !isMulticast(canonical) && !isUnspecified(canonical);
    }

    /** True for {@code 0.0.0.0} and {@code ::}, which stand for an address that is not known. */
    public static boolean isUnspecified(String canonical) {
        return canonical.equals("0.0.0.0") || canonical.equals("::");
    }

    /** True for addresses of a group instead of a host: multicast and the all-ones broadcast. */
    public static boolean isMulticast(String canonical) {
        byte[] a = parse(canonical);
        if (a == null) {
            return false;
        }
        return a.length == 16 ? (a[0] & 255) == 0xff : ((a[0] & 0xf0) == 0xe0 || "255.255.255.255".equals(canonical));
    }

    private static boolean isV4(String s) {
        int length = s.length();
        if (length < 7 || length > 15) {
            return false;
        }
        int dots = 0;
        int value = -1;
        int digits = 0;
        for (int i = 0; i < length; i++) {
            char c = s.charAt(i);
            if (c == '.') {
                if (digits == 0) {
                    return false;
                }
                dots++;
                value = -1;
                digits = 0;
            } else if (c >= '0' && c <= '9') {
                if (value == 0) {
                    return false;
                }
                value = Math.max(value, 0) * 10 + (c - '0');
                digits++;
                if (value > 255) {
                    return false;
                }
            } else {
                return false;
            }
        }
        return dots == 3 && digits > 0;
    }

    /**
     * Returns true if the text is what {@link #toText} makes of its address. It is asked of every copy of an endpoint,
     * so it reads the text once and allocates nothing.
     */
    private static boolean isCanonicalV6(String s) {
        int length = s.length();
        if (length < 2 || length > MAX_V6) {
            return false;
        }
        int groups = 0;
        int gap = -1;
        int zeros = 0;
        int mostBefore = 0;
        int mostBehind = 0;
        for (int i = 0; i < length; ) {
            if (s.charAt(i) == ':') {
                boolean opensGap = i + 1 < length && s.charAt(i + 1) == ':';
                boolean isMisplaced =
                        opensGap ? gap >= 0 || zeros > 0 : i == 0 || s.charAt(i - 1) == ':' || i + 1 == length;
                if (isMisplaced) {
                    return false;
                }
                gap = opensGap ? groups : gap;
                i += opensGap ? 2 : 1;
                continue;
            }
            int from = i;
            while (i < length && isLowerHex(s.charAt(i))) {
                i++;
            }
            boolean isZero = s.charAt(from) == '0';
            boolean isGroup =
                    i > from && i - from <= 4 && (i == from + 1 || !isZero) && (i == length || s.charAt(i) == ':');
            if (!isGroup || isZero && groups == gap) {
                return false;
            }
            groups++;
            zeros = isZero ? zeros + 1 : 0;
            if (gap < 0) {
                mostBefore = Math.max(mostBefore, zeros);
            } else {
                mostBehind = Math.max(mostBehind, zeros);
            }
        }
        if (gap < 0) {
            return groups == 8 && mostBefore < 2;
        }
        int inGap = 8 - groups;
        boolean isMapped = gap == 0 && groups == 3 && s.startsWith("::ffff:");
        return inGap >= 2 && mostBefore < inGap && mostBehind <= inGap && !isMapped;
    }

    private static boolean isLowerHex(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
    }

    private static byte[] parseV4(String s) {
        byte[] out = new byte[4];
        int at = 0;
        int value = 0;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '.') {
                out[at++] = (byte) value;
                value = 0;
            } else {
                value = value * 10 + (c - '0');
            }
        }
        out[at] = (byte) value;
        return out;
    }

    private static boolean onlyHexColonDot(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
                return false;
            }
        }
        return true;
    }

    private static boolean isMapped(byte[] a) {
        for (int i = 0; i < 10; i++) {
            if (a[i] != 0) {
                return false;
            }
        }
        return a[10] == -1 && a[11] == -1;
    }

    private static String v6Text(byte[] a) {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (a[2 * i] & 255) << 8 | (a[2 * i + 1] & 255);
        }
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int j = i;
            while (j < 8 && groups[j] == 0) {
                j++;
            }
            if (j - i > bestLength) {
                bestStart = i;
                bestLength = j - i;
            }
            i = Math.max(i, j - 1);
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
