package dev.weir.policy.clause;

import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A block of addresses as a policy spells it; blocks of the same addresses are equal, however they are spelled. */
public final class AddressBlock {
    private static final int MAX_SAMPLE_BITS = 6;

    private final String text;
    private final Cidr cidr;

    private AddressBlock(String text, Cidr cidr) {
        this.text = text;
        this.cidr = cidr;
    }

    /** Parses a block; null when the text is none. Leading zeros, host bits and IPv4 within IPv6 are accepted. */
    public static @Nullable AddressBlock parse(String text) {
        CidrText.Parsed parsed = CidrText.parse(text);
        return parsed == null ? null : new AddressBlock(text, parsed.cidr());
    }

    /** Parses a block or a single address; null when the text is neither. */
    public static @Nullable AddressBlock parseAny(String text) {
        return parse(text.contains("/") ? text : text + (text.contains(":") ? "/128" : "/32"));
    }

    public boolean contains(byte[] address) {
        return cidr.contains(address);
    }

    public boolean contains(AddressBlock other) {
        return cidr.contains(other.cidr);
    }

    /** True for {@code 0.0.0.0/0}, the block that holds any address of a pod. */
    boolean isAll() {
        return cidr.prefix() == 0 && cidr.addressBits() == 32;
    }

    /** The number of fixed leading bits. */
    public int prefix() {
        return cidr.prefix();
    }

    /** A few addresses of the block, spread over it. */
    public List<String> samples() {
        List<String> samples = new ArrayList<>();
        int bits = Math.min(cidr.addressBits() - cidr.prefix(), MAX_SAMPLE_BITS);
        for (int sample = 0; sample < 1 << bits; sample++) {
            byte[] address = cidr.network();
            for (int bit = 0; bit < bits; bit++) {
                int at = cidr.prefix() + bit;
                if ((sample >> bit & 1) == 1) {
                    address[at / 8] |= (byte) (0x80 >> at % 8);
                }
            }
            samples.add(Ip.toText(address));
        }
        return samples;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressBlock that && cidr.equals(that.cidr);
    }

    @Override
    public int hashCode() {
        return cidr.hashCode();
    }

    /** Returns the block as the policy spells it. */
    @Override
    public String toString() {
        return text;
    }
}
