package dev.weir.ingest.orientation;

import java.util.Arrays;

/**
 * Who tells which connection. A table of plain arrays, twice as large as asked for: an entry has sixteen places, and
 * takes the one that was heard of longest ago. Nothing in it is ever collected by the JVM, whose pauses would cost
 * datagrams. A connection is known by 64 bits that depend on a secret of the process, so that nobody can choose
 * two that are taken for one.
 */
final class ReporterTable {
    private static final int PLACES = 16;
    private static final long FREE = Long.MIN_VALUE;

    private final int buckets;
    private final long[] connections;
    private final long[] lastMs;
    private final int[] reporters;
    private final int[] points;
    private final boolean[] samples;

    /**
     * @param capacity how many connections it is to remember
     */
    ReporterTable(int capacity) {
        int wanted = Math.max(1, 2 * capacity / PLACES);
        this.buckets = Integer.highestOneBit(wanted) == wanted ? wanted : Integer.highestOneBit(wanted) << 1;
        int size = buckets * PLACES;
        this.connections = new long[size];
        this.lastMs = new long[size];
        this.reporters = new int[size];
        this.points = new int[size];
        this.samples = new boolean[size];
        Arrays.fill(lastMs, FREE);
    }

    /** Where the connection is; where it would go as {@code -1 - place} when it is not there or was heard of before. */
    int find(long connection, long sinceMs) {
        int first = (int) (connection & (buckets - 1)) * PLACES;
        int oldest = first;
        for (int place = first; place < first + PLACES; place++) {
            if (connections[place] == connection && lastMs[place] != FREE) {
                return lastMs[place] > sinceMs ? place : -1 - place;
            }
            if (lastMs[place] < lastMs[oldest]) {
                oldest = place;
            }
        }
        return -1 - oldest;
    }

    int reporter(int place) {
        return reporters[place];
    }

    int point(int place) {
        return points[place];
    }

    boolean samples(int place) {
        return samples[place];
    }

    void put(int place, long connection, int reporter, int point, boolean sampled, long nowMs) {
        connections[place] = connection;
        lastMs[place] = nowMs;
        reporters[place] = reporter;
        points[place] = point;
        samples[place] = sampled;
    }
}
