package dev.weir.analytics.detector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Keeps what a detector remembers small. */
public final class Bounds {
    private Bounds() {}

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
    }

    private record Worth(String key, double worth) {}
}
