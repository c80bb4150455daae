package dev.weir.common;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A block of IPv4 or IPv6 addresses (RFC 4632): all that share the leading bits of a network. */
public final class Cidr {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,3}");

    private final byte[] network;
    private final int prefix;

    private Cidr(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /**
     * Returns the block that contains an address.
     *
     * @param address 4 or 16 bytes; the bits behind the prefix are ignored
     * @param prefix the number of leading bits that the addresses of the block share
     */
    public static Cidr of(byte[] address, int prefix) {
        int bits = address.length * Byte.SIZE;
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("a prefix of " + prefix + " bits is outside 0.." + bits);
        }
        byte[] network = Arrays.copyOf(address, address.length);
        for (int i = prefix / Byte.SIZE; i < network.length; i++) {
            int kept = Math.max(0, prefix - Byte.SIZE * i);
            network[i] &= (byte) (0xff << (Byte.SIZE - kept));
        }
        return new Cidr(network, prefix);
    }

    /**
     * Parses a block such as {@code 192.0.2.0/24}, or an address, which is a block of one. Bits behind the prefix may
     * be set.
     *
     * @return null if the text is neither
     */
    public static @Nullable Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = Ip.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            return null;
        }
        int bits = address.length * Byte.SIZE;
        if (slash < 0) {
            return new Cidr(address, bits);
        }
        String length = text.substring(slash + 1);
        if (!LENGTH.matcher(length).matches() || Integer.parseInt(length) > bits) {
            return null;
        }
        return of(address, Integer.parseInt(length));
    }

    /** True if the address, of 4 or 16 bytes, is of the same family and in the block. */
    public boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = prefix / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (address[i] != network[i]) {
                return false;
            }
        }
        int rest = prefix % Byte.SIZE;
        return rest == 0 || (address[whole] ^ network[whole]) >> (Byte.SIZE - rest) == 0;
    }

    /** True if all addresses of another block are in this one. */
    public boolean contains(Cidr other) {
        return other.prefix >= prefix && contains(other.network);
    }

    /** Returns a copy of the first address, 4 or 16 bytes. */
    public byte[] network() {
        return network.clone();
    }

    /** The number of leading bits that the addresses share. */
    public int prefix() {
        return prefix;
    }

    /** The number of bits of an address of this family: 32 or 128. */
    public int addressBits() {
        return network.length * Byte.SIZE;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cidr that && prefix == that.prefix && Arrays.equals(network, that.network);
    }

    @Override
    public int hashCode() {
        return 31 * prefix + Arrays.hashCode(network);
    }

    /** Returns the first address in canonical text, a slash and the length of the prefix. */
    @Override
    public String toString() {
        return Ip.toText(network) + "/" + prefix;
    }
}
