package dev.weir.analytics.detector;

import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Keeps what a detector remembers small. */
public final class Bounds {
    private Bounds() {}

    /** Makes room for one more key: as long as the map is full, the entry of the least worth goes, among equals the first by key. */
    public static <V> void makeRoom(Map<String, V> map, String key, int most, ToDoubleFunction<V> worth) {
        if (map.containsKey(key)) {
            return;
        }
        while (map.size() >= most) {
            String least = null;
            double leastWorth = 0;
            for (Map.Entry<String, V> entry : map.entrySet()) {
                double each = worth.applyAsDouble(entry.getValue());
                if (least == null
                        || each < leastWorth
                        || (each == leastWorth && entry.getKey().compareTo(least) < 0)) {
                    least = entry.getKey();
                    leastWorth = each;
                }
            }
            map.remove(least);
        }
    }
}
