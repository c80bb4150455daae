package dev.weir.analytics.operator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.state.MapState;

/** Removes old entries of a map state. */
final class Retention {
    /** The most entries that stay; beyond it the oldest are removed, however young they are. */
    static final int MAX_ENTRIES = 50_000;

    private Retention() {}

    /**
     * Removes the entries before a time, and the oldest beyond {@value #MAX_ENTRIES}.
     *
     * @param at the time of an entry
     * @return the number of entries that were removed
     */
    static <T> int removeOld(MapState<String, T> state, ToLongFunction<T> at, long horizonMs) throws Exception {
        List<Long> times = new ArrayList<>();
        for (T value : state.values()) {
            times.add(at.applyAsLong(value));
        }
        times.sort(Comparator.naturalOrder());
        int surplus = times.size() - MAX_ENTRIES;
        long limit = surplus > 0 ? Math.max(horizonMs, times.get(surplus)) : horizonMs;
        List<String> old = new ArrayList<>();
        for (Map.Entry<String, T> entry : state.entries()) {
            if (at.applyAsLong(entry.getValue()) < limit) {
                old.add(entry.getKey());
            }
        }
        for (String key : old) {
            state.remove(key);
        }
        return old.size();
    }
}
