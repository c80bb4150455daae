package dev.weir.model.codec;

import dev.weir.model.Endpoint;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A cache from bytes of flows to their meaning. Each place holds the latest entry, so that it stays small: {@value
 * #ENDS} ends and {@value #TAILS} tails of at most {@value #MAX_BYTES} bytes. For one thread.
 */
final class FlowMemory {
    private static final int ENDS = 1 << 14;
    private static final int TAILS = 1 << 10;
    /** The length of an entry, more than an endpoint with a dozen labels takes. */
    private static final int MAX_BYTES = 1024;

    private final End[] ends = new End[ENDS];
    private final Tail[] tails = new Tail[TAILS];

    /** An address and names as bytes, and the endpoint that they mean. */
    @SuppressWarnings("ArrayRecordComponent") // compared by range only
    record End(byte[] ip, byte[] names, Endpoint endpoint) {}

    @SuppressWarnings("ArrayRecordComponent") // compared by range only
    private record Tail(byte[] bytes, FlowTail tail) {}

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
    void remember(byte[] value, int ipFrom, int ipTo, int namesFrom, int namesTo, Endpoint endpoint) {
        if (namesTo - namesFrom > MAX_BYTES || !ProtoMemory.isSmall(endpoint)) {
            return;
        }
        int place = place(value, ipFrom, ipTo);
        ends[place ^ 1] = ends[place];
        ends[place] = new End(
                Arrays.copyOfRange(value, ipFrom, ipTo), Arrays.copyOfRange(value, namesFrom, namesTo), endpoint);
    }

    @Nullable FlowTail tail(byte[] value, int from, int to) {
        Tail there = tails[place(value, from, to) % TAILS];
        return there != null && Arrays.equals(there.bytes, 0, there.bytes.length, value, from, to) ? there.tail : null;
    }

    void remember(byte[] value, int from, int to, FlowTail tail) {
        if (to - from <= MAX_BYTES) {
            tails[place(value, from, to) % TAILS] = new Tail(Arrays.copyOfRange(value, from, to), tail);
        }
    }

    private static int place(byte[] value, int from, int to) {
        return (int) (ProtoMemory.hash(value, from, to) >>> (Long.SIZE - Integer.numberOfTrailingZeros(ENDS)));
    }
}
