package dev.weir.model.codec;

import dev.weir.model.Endpoint;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Caches the decoded ends and attributes of flows by their bytes. New entries replace old ones, which bounds the size:
 * {@value #ENDS} ends and {@value #ATTRIBUTES} attributes of at most {@value #MAX_BYTES} bytes. For one thread.
 */
final class FlowCache {
    private static final int ENDS = 1 << 14;
    /** The places of one set, of which an end may take any. */
    private static final int WAYS = 4;

    private static final int SETS = ENDS / WAYS;
    private static final int HASH_BITS = 30;

    private static final int ATTRIBUTES = 1 << 10;
    /** The length of an entry, more than an endpoint with a dozen labels takes. */
    private static final int MAX_BYTES = 1024;

    private final End[] ends = new End[ENDS];
    private final SeenBefore endsSeen = new SeenBefore(4 * ENDS);
    private final CachedAttributes[] attributes = new CachedAttributes[ATTRIBUTES];

    /** An address and names as bytes, with the decoded endpoint. */
    @SuppressWarnings("ArrayRecordComponent") // compared by range only
    record End(byte[] ip, byte[] names, Endpoint endpoint) {}

    @SuppressWarnings("ArrayRecordComponent") // compared by range only
    private record CachedAttributes(byte[] bytes, FlowAttributes decoded) {}

    /** Finds a cached end with this address whose names begin at the given place. */
    @Nullable End end(byte[] value, int ipFrom, int ipTo, int namesFrom) {
        int first = hash(value, ipFrom, ipTo) % SETS * WAYS;
        for (int way = 0; way < WAYS; way++) {
            End end = ends[first + way];
            if (end != null && is(end, value, ipFrom, ipTo, namesFrom)) {
                return end;
            }
        }
        return null;
    }

    private static boolean is(End end, byte[] value, int ipFrom, int ipTo, int namesFrom) {
        int namesTo = namesFrom + end.names.length;
        return namesTo <= value.length
                && Arrays.equals(end.ip, 0, end.ip.length, value, ipFrom, ipTo)
                && Arrays.equals(end.names, 0, end.names.length, value, namesFrom, namesTo);
    }

    /**
     * Caches an end that was met before, in the place of the one that was cached longest ago of its set. An address may
     * have several sets of names, as that of a node does.
     */
    void put(byte[] value, int ipFrom, int ipTo, int namesFrom, int namesTo, Endpoint endpoint) {
        if (namesTo - namesFrom > MAX_BYTES || !ProtoCache.isSmall(endpoint)) {
            return;
        }
        int hash = hash(value, ipFrom, ipTo);
        if (!endsSeen.add(hash + 31 * hash(value, namesFrom, namesTo))) {
            return;
        }
        int first = hash % SETS * WAYS;
        System.arraycopy(ends, first, ends, first + 1, WAYS - 1);
        ends[first] = new End(
                Arrays.copyOfRange(value, ipFrom, ipTo), Arrays.copyOfRange(value, namesFrom, namesTo), endpoint);
    }

    @Nullable FlowAttributes attributes(byte[] value, int from, int to) {
        CachedAttributes there = attributes[hash(value, from, to) % ATTRIBUTES];
        return there != null && Arrays.equals(there.bytes, 0, there.bytes.length, value, from, to)
                ? there.decoded
                : null;
    }

    void put(byte[] value, int from, int to, FlowAttributes decoded) {
        if (to - from <= MAX_BYTES) {
            attributes[hash(value, from, to) % ATTRIBUTES] =
                    new CachedAttributes(Arrays.copyOfRange(value, from, to), decoded);
        }
    }

    /** The upper bits of the hash, which are mixed best; not negative. */
    private static int hash(byte[] value, int from, int to) {
        return (int) (ProtoCache.hash(value, from, to) >>> (Long.SIZE - HASH_BITS));
    }
}
