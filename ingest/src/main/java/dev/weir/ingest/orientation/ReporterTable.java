package dev.weir.ingest.orientation;

import java.util.Arrays;

/**
 * A set-associative table of the authoritative reporter of each connection, by the connection's hash: twice as large as
 * requested, with sixteen places for each hash, of which the one with the oldest report is replaced. One plain array,
 * since the pauses of a garbage collector would cost datagrams, and each look-up of memory that is in no cache costs
 * time. The 64-bit hash depends on a secret of the process, so that two connections that collide cannot be crafted.
 */
final class ReporterTable {
    private static final int PLACES = 16;
    /**
     * The numbers of a bucket: for each place a connection, then for each its last report, then for each its reporter.
     */
    private static final int BUCKET = 3 * PLACES;

    private static final long FREE = Long.MIN_VALUE;

    /** The least buckets, so that the two directions of a connection hardly ever share one. */
    private static final int MIN_BUCKETS = 64;

    private final int buckets;
    private final long[] table;

    /**
     * Creates an empty table.
     *
     * @param capacity number of connections to remember
     */
    ReporterTable(int capacity) {
        int wanted = Math.max(MIN_BUCKETS, 2 * capacity / PLACES);
        this.buckets = Integer.highestOneBit(wanted) == wanted ? wanted : Integer.highestOneBit(wanted) << 1;
        this.table = new long[buckets * BUCKET];
        for (int bucket = 0; bucket < table.length; bucket += BUCKET) {
            Arrays.fill(table, bucket + PLACES, bucket + 2 * PLACES, FREE);
        }
    }

    /**
     * Returns the connection's place; {@code -1 - place}, where it would be put, if it is absent or its last report is
     * older than {@code sinceMs}.
     */
    int find(long connection, long sinceMs) {
        int first = (int) (connection & (buckets - 1)) * BUCKET;
        for (int place = first; place < first + PLACES; place++) {
            if (table[place] == connection && lastMs(place) != FREE) {
                return lastMs(place) > sinceMs ? place : -1 - place;
            }
        }
        int oldest = first;
        for (int place = first + 1; place < first + PLACES; place++) {
            if (lastMs(place) < lastMs(oldest)) {
                oldest = place;
            }
        }
        return -1 - oldest;
    }

    private long lastMs(int place) {
        return table[place + PLACES];
    }

    /** Returns true if the place holds a report later than {@code sinceMs}. */
    boolean isWithin(int place, long sinceMs) {
        return lastMs(place) > sinceMs;
    }

    /** Returns true if the place holds a report of this reporter at this point. */
    boolean isOf(int place, int reporter, int point) {
        return (table[place + 2 * PLACES] | 1) == report(reporter, point, true);
    }

    /** Returns true if the place holds a report of this reporter at any point. */
    boolean isOf(int place, int reporter) {
        return table[place + 2 * PLACES] >> Integer.SIZE == reporter;
    }

    boolean samples(int place) {
        return (table[place + 2 * PLACES] & 1) != 0;
    }

    void put(int place, long connection, int reporter, int point, boolean sampled, long nowMs) {
        table[place] = connection;
        table[place + PLACES] = nowMs;
        table[place + 2 * PLACES] = report(reporter, point, sampled);
    }

    /** Packs a report into one number; the lowest bit of the point gives way to whether the reporter samples. */
    private static long report(int reporter, int point, boolean sampled) {
        return (long) reporter << Integer.SIZE | point & 0xffff_fffeL | (sampled ? 1 : 0);
    }
}
