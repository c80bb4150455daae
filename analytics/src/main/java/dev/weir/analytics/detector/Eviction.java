package dev.weir.analytics.detector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

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
     * Makes room for one more key in a full map. The entries of the least worth go, among equals the first by key. An
     * eighth of the map goes at once, so that a full map is not sorted again for every new key.
     */
    public static <V> void makeRoom(Map<String, V> map, String key, int most, ToDoubleFunction<V> worth) {
        if (map.size() < most || map.containsKey(key)) {
            return;
        }
        List<Worth> all = new ArrayList<>(map.size());
        map.forEach((name, value) -> all.add(new Worth(name, worth.applyAsDouble(value))));
        all.sort(Comparator.comparingDouble(Worth::worth).thenComparing(Worth::key));
        int surplus = map.size() - most + Math.max(1, most / 8);
        all.subList(0, surplus).forEach(each -> map.remove(each.key()));
        EVICTED.get()[0] += surplus;
    }

    private record Worth(String key, double worth) {}
}
