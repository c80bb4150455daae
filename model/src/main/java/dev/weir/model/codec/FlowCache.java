package dev.weir.model.codec;

import dev.weir.model.Endpoint;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Caches the decoded ends and attributes of flows by their bytes. Each place holds the latest entry, which bounds the size: {@value
 * #ENDS} ends and {@value #ATTRIBUTES} attributes of at most {@value #MAX_BYTES} bytes. For one thread.
 */
final class FlowCache {
    private static final int ENDS = 1 << 14;
    private static final int ATTRIBUTES = 1 << 10;
    /** The length of an entry, more than an endpoint with a dozen labels takes. */
    private static final int MAX_BYTES = 1024;

    private final End[] ends = new End[ENDS];
    private final CachedAttributes[] attributes = new CachedAttributes[ATTRIBUTES];

    /** An address and names as bytes, with the decoded endpoint. */
    @SuppressWarnings("ArrayRecordComponent") // compared by range only
    record End(byte[] ip, byte[] names, Endpoint endpoint) {}

    @SuppressWarnings("ArrayRecordComponent") // compared by range only
    private record CachedAttributes(byte[] bytes, FlowAttributes decoded) {}

    /** Finds a cached end with this address whose names begin at the given place. */
    @Nullable End end(byte[] value, int ipFrom, int ipTo, int namesFrom) {
        int place = place(value, ipFrom, ipTo);
        End first = ends[place];
        if (first != null && is(first, value, ipFrom, ipTo, namesFrom)) {
            return first;
        }
        End second = ends[place ^ 1];
        return second != null && is(second, value, ipFrom, ipTo, namesFrom) ? second : null;
    }

    private static boolean is(End end, byte[] value, int ipFrom, int ipTo, int namesFrom) {
        int namesTo = namesFrom + end.names.length;
        return namesTo <= value.length
                && Arrays.equals(end.ip, 0, end.ip.length, value, ipFrom, ipTo)
                && Arrays.equals(end.names, 0, end.names.length, value, namesFrom, namesTo);
    }

    /** Caches an end. An address may have two sets of names, as that of a node does. */
    void put(byte[] value, int ipFrom, int ipTo, int namesFrom, int namesTo, Endpoint endpoint) {
        if (namesTo - namesFrom > MAX_BYTES || !ProtoCache.isSmall(endpoint)) {
            return;
        }
        int place = place(value, ipFrom, ipTo);
        ends[place ^ 1] = ends[place];
        ends[place] = new End(
                Arrays.copyOfRange(value, ipFrom, ipTo), Arrays.copyOfRange(value, namesFrom, namesTo), endpoint);
    }

    @Nullable FlowAttributes attributes(byte[] value, int from, int to) {
        CachedAttributes there = attributes[place(value, from, to) % ATTRIBUTES];
        return there != null && Arrays.equals(there.bytes, 0, there.bytes.length, value, from, to)
                ? there.decoded
                : null;
    }

    void put(byte[] value, int from, int to, FlowAttributes decoded) {
        if (to - from <= MAX_BYTES) {
            attributes[place(value, from, to) % ATTRIBUTES] =
                    new CachedAttributes(Arrays.copyOfRange(value, from, to), decoded);
        }
    }

    private static int place(byte[] value, int from, int to) {
        return (int) (ProtoCache.hash(value, from, to) >>> (Long.SIZE - Integer.numberOfTrailingZeros(ENDS)));
    }
}
