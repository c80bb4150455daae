package dev.weir.analytics.judge;

import dev.weir.common.LruMap;
import dev.weir.common.Millis;
import dev.weir.model.Entity;
import java.util.Arrays;

/**
 * Recognises edges between strangers. A stranger is an end that no object of the cluster confirms and that has few
 * flows: a sender of flows can invent any number of them, and each would cost every detector and the database some
 * room. Of the ends that are not confirmed, the first {@value #FREE} in an hour are known at their first flow and the
 * others at their {@value #OFTEN}th in an hour. An edge is between strangers if neither of its ends is known: a source
 * that sweeps over many addresses soon is, and so is a server that many strangers ask. In bounded memory; for one
 * thread.
 */
final class Strangers {
    static final int FREE = 5_000;
    static final int OFTEN = 8;

    private static final int MAX_KNOWN = 100_000;
    /**
     * The size of a row of counts, a power of two. An end has a place in each of {@value #ROWS} rows and the least
     * count of them, so that only ends that share all places with others are known sooner.
     */
    private static final int PLACES = 1 << 18;

    private static final int ROWS = 4;

    /** The known ends by hash of the key; the one not met for longest is evicted first. */
    private final LruMap<Long, Boolean> known = new LruMap<>(MAX_KNOWN);

    private final byte[] flows = new byte[ROWS * PLACES];
    private long hour = Long.MIN_VALUE;
    private int free;
    private long edges;

    /** Counts the flows of an edge for both ends; called before {@link #isBetween} for any edge of the same slice. */
    void count(EdgeSlice edge) {
        count(edge.source(), edge.destination(), edge.sliceMs(), edge.connections());
    }

    void count(Entity source, Entity destination, long sliceMs, long connections) {
        long now = Math.floorDiv(sliceMs, Millis.HOUR);
        if (now > hour) {
            hour = now;
            free = 0;
            Arrays.fill(flows, (byte) 0);
        }
        count(source, connections);
        count(destination, connections);
    }

    private void count(Entity end, long connections) {
        long hash = hash(end);
        byte count = (byte) Math.min(Byte.MAX_VALUE, flows(hash) + connections);
        for (int row = 0; row < ROWS; row++) {
            int place = place(hash, row);
            flows[place] = (byte) Math.max(flows[place], count);
        }
    }

    /** The flows of an end in this hour, or more. */
    private int flows(long hash) {
        int least = Byte.MAX_VALUE;
        for (int row = 0; row < ROWS; row++) {
            least = Math.min(least, flows[place(hash, row)]);
        }
        return least;
    }

    /** True if both ends of an edge are strangers. */
    boolean isBetween(Entity source, Entity destination) {
        boolean isBetween = !isKnown(hash(source)) && !isKnown(hash(destination));
        edges += isBetween ? 1 : 0;
        return isBetween;
    }

    private boolean isKnown(long hash) {
        if (known.get(hash) != null) {
            return true;
        }
        if (free < FREE) {
            free++;
        } else if (flows(hash) < OFTEN) {
            return false;
        }
        known.put(hash, true);
        return true;
    }

    /** The number of edges between strangers. */
    long edges() {
        return edges;
    }

    /** The number of known ends that were evicted, and become strangers again. */
    long evicted() {
        return known.evicted();
    }

    private static int place(long hash, int row) {
        int step = (int) (hash >>> 44) | 1;
        return row * PLACES + ((int) (hash >>> 20) + row * step & PLACES - 1);
    }

    /**
     * FNV-1a of 64 bits with a final mix. A string's hash code has only 32 bits, and strings that share it are easily
     * made.
     */
    private static long hash(Entity end) {
        String key = end.key();
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
        }
        return (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
    }
}
