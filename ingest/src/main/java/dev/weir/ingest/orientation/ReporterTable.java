package dev.weir.ingest.orientation;

import java.util.Arrays;

/**
 * A set-associative table of the authoritative reporter of each connection, by the connection's hash: twice as large as
 * requested, with sixteen places for each hash, of which the one with the oldest report is replaced. Plain arrays,
 * since the pauses of a garbage collector would cost datagrams. The 64-bit hash depends on a secret of the process, so
 * that two connections that collide cannot be crafted.
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
     * Creates an empty table.
     *
     * @param capacity number of connections to remember
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

    /**
     * Returns the connection's place; {@code -1 - place}, where it would be put, if it is absent or its last report is
     * older than {@code sinceMs}.
     */
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
