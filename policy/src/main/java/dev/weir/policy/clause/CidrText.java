package dev.weir.policy.clause;

import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses the spellings of blocks. Older API servers accepted leading zeros, set host bits and IPv4 addresses within
 * IPv6, so policies in force may hold them; since 1.36 a NetworkPolicy that is written must not (KEP-4858).
 */
public final class CidrText {
    private static final Pattern PARTS = Pattern.compile("([^/]*)/0*([0-9]{1,3})");
    private static final Pattern SPELLED_V4 = Pattern.compile("[0-9]+(?:\\.[0-9]+){3}");
    private static final Pattern LEADING_ZEROS = Pattern.compile("(?<![0-9])0+(?=[0-9])");
    private static final Pattern GROUPS = Pattern.compile("[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4})+(?:\\.[0-9]+){0,3}");
    private static final int MAPPED_BITS = 96;

    private CidrText() {}

    /**
     * An address with its fixed bits; of an IPv4 address within IPv6 the IPv4 address.
     *
     * @param address 4 or 16 bytes
     * @param mapped true if it was written as IPv4 within IPv6
     */
    record Parsed(byte[] address, int prefix, boolean mapped) {
        Cidr cidr() {
            return Cidr.of(address, prefix);
        }
    }

    /** Parses a block of any spelling; null when the text is none. */
    static @Nullable Parsed parse(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        String spelled = parts.group(1);
        String plain = SPELLED_V4.matcher(spelled).matches()
                ? LEADING_ZEROS.matcher(spelled).replaceAll("")
                : spelled;
        byte[] address = Ip.parse(plain);
        int prefix = Integer.parseInt(parts.group(2));
        if (address == null) {
            return null;
        }
        boolean mapped = address.length == 4 && spelled.indexOf(':') >= 0;
        if (mapped && prefix >= MAPPED_BITS) {
            prefix -= MAPPED_BITS;
        } else if (mapped) {
            byte[] wide = new byte[16];
            wide[10] = (byte) 0xff;
            wide[11] = (byte) 0xff;
            System.arraycopy(address, 0, wide, 12, 4);
            address = wide;
        }
        return prefix > address.length * 8 ? null : new Parsed(address, prefix, mapped);
    }

    /** The mistake for which the API server refuses a block in {@code ipBlock}; null for none. */
    public static @Nullable String problem(String text) {
        Parsed parsed = parse(text);
        if (parsed == null) {
            return "'" + text + "' is not a CIDR such as 10.0.0.0/8 or fd00::/8";
        }
        Cidr right = parsed.cidr();
        if (!isPlain(text)) {
            return "'" + text + "' has leading zeros; write " + right;
        }
        if (parsed.mapped()) {
            return "'" + text + "' is an IPv4 address within IPv6; write " + right;
        }
        boolean hostBits = !Arrays.equals(right.network(), parsed.address());
        return hostBits ? "'" + text + "' has bits set beyond its prefix; write " + right : null;
    }

    /** True if one block is a proper part of another. */
    public static boolean isPart(String inner, String outer) {
        AddressBlock part = AddressBlock.parse(inner);
        AddressBlock whole = AddressBlock.parse(outer);
        return part != null && whole != null && whole.contains(part) && part.prefix() > whole.prefix();
    }

    /** True for a text that {@code isCIDR} of the API server's CEL accepts: host bits may be set. */
    public static boolean isCidr(String text) {
        Parsed parsed = parse(text);
        return parsed != null && !parsed.mapped() && isPlain(text);
    }

    /** True for a text without leading zeros; a group of IPv6 has at most four digits, which may be zeros. */
    private static boolean isPlain(String text) {
        int slash = text.indexOf('/');
        String address = text.substring(0, slash);
        boolean v6 = address.indexOf(':') >= 0;
        String decimal = v6 ? address.substring(address.lastIndexOf(':') + 1) : address;
        boolean zeros = LEADING_ZEROS.matcher(text.substring(slash + 1)).find()
                || decimal.indexOf('.') >= 0 && LEADING_ZEROS.matcher(decimal).find();
        return !zeros && (!v6 || GROUPS.matcher(address).matches());
    }
}
