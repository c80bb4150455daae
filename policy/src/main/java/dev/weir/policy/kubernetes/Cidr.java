package dev.weir.policy.kubernetes;

import dev.weir.model.Ip;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An address block; host bits may be set and do not count. */
final class Cidr {
    private static final Pattern PREFIX = Pattern.compile("[0-9]{1,3}");

    private final String text;
    private final byte[] network;
    private final int prefix;

    private Cidr(String text, byte[] network, int prefix) {
        this.text = text;
        this.network = network;
        this.prefix = prefix;
    }

    /** The block, or null when the text is none. */
    static @Nullable Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !PREFIX.matcher(text.substring(slash + 1)).matches()) {
            return null;
        }
        byte[] network = Ip.parse(text.substring(0, slash));
        int prefix = Integer.parseInt(text.substring(slash + 1));
        return network == null || prefix > network.length * 8 ? null : new Cidr(text, network, prefix);
    }

    boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = prefix / 8;
        for (int i = 0; i < whole; i++) {
            if (address[i] != network[i]) {
                return false;
            }
        }
        int rest = prefix % 8;
        return rest == 0 || sameBits(address, whole, rest);
    }

    boolean contains(Cidr other) {
        return other.prefix >= prefix && contains(other.network);
    }

    private boolean sameBits(byte[] address, int at, int bits) {
        int mask = 0xff << (8 - bits) & 0xff;
        return (address[at] & mask) == (network[at] & mask);
    }

    @Override
    public String toString() {
        return text;
    }
}
