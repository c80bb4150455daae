package dev.weir.model.codec;

import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache from bytes to their decoded texts, endpoints and entities, since the same names recur. An entry is kept at
 * its second appearance. Each place holds the latest, so that it stays small: at most {@value #PLACES} of each kind, of
 * at most {@value #MAX_BYTES} bytes. For one thread.
 */
final class ProtoCache {
    private static final int PLACES = 4096;
    /** The length of an entry, more than an endpoint with a dozen labels takes. */
    private static final int MAX_BYTES = 1024;

    /** The maximum number of labels and names of one endpoint, which take far more memory than their bytes. */
    private static final int MAX_NAMES = 24;

    private static final long PRIME = 0x9E3779B97F4A7C15L;
    /** Eight bytes at a time: a hash byte by byte takes longer than all the rest of decoding. */
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Entry[] texts = new Entry[PLACES];
    private final Entry[] ends = new Entry[PLACES];
    private final Entry[] entities = new Entry[PLACES];
    private final SeenBefore seen = new SeenBefore(8 * PLACES);

    @SuppressWarnings("ArrayRecordComponent") // compared by range only
    private record Entry(byte[] bytes, Object decoded) {}

    @Nullable String text(byte[] value, int from, int to) {
        return (String) find(texts, value, from, to);
    }

    void put(byte[] value, int from, int to, String text) {
        put(texts, value, from, to, text);
    }

    /** Returns a cached endpoint with the same names. */
    @Nullable Endpoint end(byte[] value, int from, int to) {
        return (Endpoint) find(ends, value, from, to);
    }

    void put(byte[] value, int from, int to, Endpoint end) {
        if (isSmall(end)) {
            put(ends, value, from, to, end);
        }
    }

    @Nullable Entity entity(byte[] value, int from, int to) {
        return (Entity) find(entities, value, from, to);
    }

    void put(byte[] value, int from, int to, Entity entity) {
        if (size(entity.names()) <= MAX_NAMES) {
            put(entities, value, from, to, entity);
        }
    }

    static boolean isSmall(Endpoint end) {
        return size(end.labels()) + size(end.names()) <= MAX_NAMES;
    }

    private static int size(@Nullable Map<?, ?> map) {
        return map == null ? 0 : map.size();
    }

    private static int size(@Nullable List<?> list) {
        return list == null ? 0 : list.size();
    }

    private static @Nullable Object find(Entry[] places, byte[] value, int from, int to) {
        Entry there = places[place(hash(value, from, to))];
        return there != null && Arrays.equals(there.bytes, 0, there.bytes.length, value, from, to)
                ? there.decoded
                : null;
    }

    private void put(Entry[] places, byte[] value, int from, int to, Object decoded) {
        long hash = hash(value, from, to);
        if (to - from > MAX_BYTES || !seen.add((int) (hash >>> 24))) {
            return;
        }
        places[place(hash)] = new Entry(Arrays.copyOfRange(value, from, to), decoded);
    }

    private static int place(long hash) {
        return (int) (hash >>> (Long.SIZE - Integer.numberOfTrailingZeros(PLACES)));
    }

    /** Hashes a range; the upper bits are mixed best. */
    static long hash(byte[] value, int from, int to) {
        long hash = to - from;
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            hash = (hash ^ (long) EIGHT.get(value, i)) * PRIME;
            hash ^= hash >>> 32;
        }
        for (; i < to; i++) {
            hash = (hash ^ value[i]) * PRIME;
        }
        return hash * PRIME;
    }
}
