package dev.weir.analytics.detector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Keeps what a detector remembers small. */
public final class Eviction {
    /** Detectors are given no one to tell, and each task runs its own in one thread. */
    private static final ThreadLocal<long[]> PUSHED_OUT = ThreadLocal.withInitial(() -> new long[1]);

    private Eviction() {}

    /** How much found no room, or was pushed out, in this thread since it was last asked. */
    public static long takePushedOut() {
        long[] count = PUSHED_OUT.get();
        long taken = count[0];
        count[0] = 0;
        return taken;
    }

    /** Something finds no room. */
    static void leaveOut() {
        PUSHED_OUT.get()[0]++;
    }

    /**
     * Makes room for one more key where the map is full. The entries of the least worth go, among equals the first by key: an eighth of
     * them at once, so that who has too many does not cost a look at all of them for each.
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
        PUSHED_OUT.get()[0] += surplus;
    }

    private record Worth(String key, double worth) {}
}
