package dev.weir.analytics.detector;

import dev.weir.common.Millis;
import dev.weir.model.Activity;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The use of a source's edges: recent counts by slice, and the usual count. A count that belongs to several slices is
 * spread over them. The usual count is the most in one window, fading with a half-life of six hours. Each half hour
 * enters it when it is over, so that an attack does not become usual by growing. An edge that is being reported does
 * not enter it, so that an attack does not become usual by going on; after a day it does, since it has been reported
 * for a day.
 *
 * @param edges bounded in number by {@link #add}
 */
public record Rates(Map<String, Edge> edges) {
    private static final int MAX_EDGES = 256;
    private static final long FOLD_MS = 30 * Millis.MINUTE;
    private static final long REPORTED_MS = Millis.DAY;
    private static final double HALF_LIFE_MS = 6.0 * Millis.HOUR;

    /**
     * The counts of one edge.
     *
     * @param lately the count of each slice within the window, by the start of the slice
     * @param most the most in one window of this half hour
     * @param usual the usual count in one window
     * @param foldedMs the start of this half hour
     * @param reportedMs the time since which the edge is being reported; 0 if it is not
     */
    public record Edge(Map<Long, Long> lately, long most, double usual, long foldedMs, long reportedMs) {
        /** The count within the window. */
        public long count() {
            long count = 0;
            for (long each : lately.values()) {
                count += each;
            }
            return count;
        }

        /** The start of the first slice within the window; {@code Long.MAX_VALUE} if there is none. */
        public long sinceMs() {
            return lately.keySet().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
        }

        private long latestMs() {
            long latest = 0;
            for (long each : lately.keySet()) {
                latest = Math.max(latest, each);
            }
            return latest;
        }

        /**
         * The count within the window that is too much: {@code timesUsual} times the usual, and never less than {@code
         * least}.
         */
        public double threshold(double least, double timesUsual) {
            return Math.max(least, timesUsual * usual);
        }

        /** The highest count among the slices to which {@code added} has just added at least {@code least}. */
        public long peak(long sliceMs, Spread added, double least) {
            long peak = 0;
            long before = 0;
            for (int back = 0; back < Math.min(added.slices(), lately.size()); back++) {
                long within = added.within(back + 1L);
                if (within - before < least) {
                    break;
                }
                before = within;
                peak = Math.max(peak, lately.getOrDefault(sliceMs - back * Activity.SLICE_MS, 0L));
            }
            return peak;
        }

        private long highest() {
            return lately.values().stream().mapToLong(Long::longValue).max().orElse(0);
        }

        private Edge at(long nowMs, long windowMs, long inAWindow) {
            boolean wasReported = reportedMs > 0 && latestMs() - reportedMs < REPORTED_MS;
            long seen = wasReported ? 0 : Math.max(most, inAWindow);
            boolean over = nowMs - foldedMs >= FOLD_MS;
            double faded = over ? usual * Math.pow(0.5, (nowMs - foldedMs) / HALF_LIFE_MS) : usual;
            Map<Long, Long> kept = new TreeMap<>(lately);
            kept.keySet().removeIf(slice -> slice < nowMs - windowMs);
            return new Edge(
                    kept,
                    over ? 0 : seen,
                    over ? Math.max(faded, seen) : usual,
                    over ? nowMs : foldedMs,
                    kept.isEmpty() || (over && !wasReported) ? 0 : reportedMs);
        }

        private boolean isWorthKeeping() {
            return !lately.isEmpty() || most > 0 || usual >= 1;
        }
    }

    public static Rates nothing() {
        return new Rates(new HashMap<>());
    }

    /** A copy as of a later time, without counts that are older than the window. It can be added to. */
    public Rates at(long nowMs, long windowMs) {
        return at(nowMs, windowMs, Edge::count);
    }

    /** A copy whose window is a single slice; older slices are kept for counts that are added to them later. */
    public Rates bySlice(long nowMs, long keptMs) {
        return at(nowMs, keptMs, Edge::highest);
    }

    private Rates at(long nowMs, long windowMs, ToLongFunction<Edge> inAWindow) {
        Map<String, Edge> copy = new HashMap<>();
        edges.forEach((key, edge) -> {
            Edge later = edge.at(nowMs, windowMs, inAWindow.applyAsLong(edge));
            if (later.isWorthKeeping()) {
                copy.put(key, later);
            }
        });
        return new Rates(copy);
    }

    /** Adds a count to an edge. At the bound the edge that is used least makes room. */
    public Edge add(String key, long sliceMs, long count) {
        return add(key, sliceMs, Spread.whole(count), Activity.SLICE_MS);
    }

    /** Adds to an edge, in each slice of the window, the part of the count that belongs to it. */
    public Edge add(String key, long sliceMs, Spread count, long windowMs) {
        return add(key, sliceMs, count, windowMs, Activity.SLICE_MS);
    }

    /**
     * Adds to an edge, in each step of the window, the part of the count that belongs to it. The part that belongs to
     * the time before the window is left out.
     *
     * @param stepMs a multiple of a slice, no longer than the window
     */
    public Edge add(String key, long sliceMs, Spread count, long windowMs, long stepMs) {
        Eviction.makeRoom(edges, key, MAX_EDGES, edge -> edge.count() + edge.usual());
        Edge edge = edges.computeIfAbsent(key, each -> new Edge(new TreeMap<>(), 0, 0, sliceMs, 0));
        long horizon = sliceMs + Activity.SLICE_MS - windowMs;
        long step = sliceMs - Math.floorMod(sliceMs, stepMs);
        long slices = 0;
        long before = 0;
        while (slices < count.slices() && (slices == 0 || step >= horizon)) {
            slices = (sliceMs - step) / Activity.SLICE_MS + 1;
            long within = count.within(slices);
            if (within > before || slices <= 1) {
                edge.lately().merge(step, within - before, Long::sum);
            }
            before = within;
            step -= stepMs;
        }
        return edge;
    }

    /** Marks an edge as being reported, until it is unused for a window, or for a day. */
    public void report(String key, long nowMs) {
        edges.computeIfPresent(key, (each, edge) -> {
            long since = edge.reportedMs() == 0 ? nowMs : edge.reportedMs();
            return new Edge(edge.lately(), edge.most(), edge.usual(), edge.foldedMs(), since);
        });
    }
}
