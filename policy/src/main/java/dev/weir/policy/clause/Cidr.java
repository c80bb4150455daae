package dev.weir.policy.clause;

import dev.weir.common.Ip;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An address block; its spelling does not count. */
public final class Cidr {
    private final String text;
    private final byte[] network;
    private final int prefix;

    private Cidr(String text, byte[] network, int prefix) {
        this.text = text;
        this.network = network;
        this.prefix = prefix;
    }

    /** Parses a block; null when the text is none. Leading zeros, host bits and IPv4 within IPv6 are accepted. */
    public static @Nullable Cidr parse(String text) {
        CidrText.Parsed parsed = CidrText.parse(text);
        return parsed == null ? null : new Cidr(text, Ip.masked(parsed.address(), parsed.prefix()), parsed.prefix());
    }

    public boolean contains(byte[] address) {
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

    public boolean contains(Cidr other) {
        return other.prefix >= prefix && contains(other.network);
    }

    /** True for {@code 0.0.0.0/0}, the block that holds any address of a pod. */
    boolean isAll() {
        return prefix == 0 && network.length == 4;
    }

    /** The number of fixed leading bits. */
    public int prefix() {
        return prefix;
    }

    /** A few addresses of the block, spread over it. */
    public List<String> samples() {
        List<String> samples = new ArrayList<>();
        int free = network.length * 8 - prefix;
        for (int sample = 0; sample < Math.min(64, 1 << Math.min(free, 6)); sample++) {
            byte[] address = network.clone();
            for (int bit = 0; bit < Math.min(free, 6); bit++) {
                int at = prefix + bit;
                if ((sample >> bit & 1) == 1) {
                    address[at / 8] |= (byte) (0x80 >> at % 8);
                }
            }
            samples.add(Ip.toText(address));
        }
        return samples;
    }

    private boolean sameBits(byte[] address, int at, int bits) {
        int mask = 0xff << (8 - bits) & 0xff;
        return (address[at] & mask) == (network[at] & mask);
    }

    /** Compares blocks by the addresses that they hold, not by host bits. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr that && prefix == that.prefix && Arrays.equals(network, that.network);
    }

    @Override
    public int hashCode() {
        return 31 * prefix + Arrays.hashCode(network);
    }

    @Override
    public String toString() {
        return text;
    }
}
