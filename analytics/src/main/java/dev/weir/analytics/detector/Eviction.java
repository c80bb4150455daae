package dev.weir.analytics.detector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Bounds the maps in detectors' states. Entries that are evicted, or find no room, are counted. */
public final class Eviction {
    /**
     * Evictions in this thread. Detectors have no metrics; the operator takes the count after each step, and each task
     * runs its detectors in one thread.
     */
    private static final ThreadLocal<long[]> EVICTED = ThreadLocal.withInitial(() -> new long[1]);

    private Eviction() {}

    /** Returns the number of entries of this thread that were evicted or found no room since the last call. */
    public static long takeEvicted() {
        long[] count = EVICTED.get();
        long taken = count[0];
        count[0] = 0;
        return taken;
    }

    /** Counts an entry that finds no room. */
    static void leaveOut() {
        EVICTED.get()[0]++;
    }

    /**
     * A copy of a map without the entries from before a time, which do not count as evicted.
     *
     * @param map null for none, as in a state of an earlier version
     * @param sinceMs the time of an entry
     */
    public static <V> Map<String, V> since(@Nullable Map<String, V> map, long horizonMs, ToLongFunction<V> sinceMs) {
        Map<String, V> kept = map == null ? new HashMap<>() : new HashMap<>(map);
        kept.values().removeIf(value -> sinceMs.applyAsLong(value) < horizonMs);
        return kept;
    }

    /**
     * Makes room for one more key in a full map. The entries of the least worth go, among equals the first by key. An
     * eighth of the map goes at once, so that a full map is not sorted again for every new key.
     */
    public static <V> void makeRoom(Map<String, V> map, String key, int most, ToDoubleFunction<V> worth) {
        if (map.size() < most || map.containsKey(key)) {
            return;
        }
        double[] sorted = map.values().stream().mapToDouble(worth).toArray();
        Arrays.sort(sorted);
        int surplus = map.size() - most + Math.max(1, most / 8);
        double highest = sorted[surplus - 1];
        int before = map.size();
        map.values().removeIf(value -> worth.applyAsDouble(value) < highest);
        List<String> equals = new ArrayList<>();
        map.forEach((name, value) -> {
            if (worth.applyAsDouble(value) == highest) {
                equals.add(name);
            }
        });
        Collections.sort(equals);
        equals.subList(0, surplus - (before - map.size())).forEach(map::remove);
        EVICTED.get()[0] += surplus;
    }
}
