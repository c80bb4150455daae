package dev.weir.analytics.operator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.metrics.Counter;

/** Removes old entries of map states, and counts them. */
final class Retention {
    /** The most entries that stay; beyond it the oldest are removed, however young they are. */
    static final int MAX_ENTRIES = 50_000;

    private static final Comparator<Entry> OLDEST =
            Comparator.comparingLong(Entry::ms).thenComparing(Entry::key);

    private final Counter removed;
    private final Counter surplus;

    private record Entry(long ms, String key) {}

    /**
     * Creates the removal.
     *
     * @param removed counts all entries that are removed
     * @param surplus counts those of them that are removed for their number
     */
    Retention(Counter removed, Counter surplus) {
        this.removed = removed;
        this.surplus = surplus;
    }

    /**
     * Removes the entries before a time, and the oldest beyond {@value #MAX_ENTRIES}.
     *
     * @param at the time of an entry
     */
    <T> void removeOld(MapState<String, T> state, ToLongFunction<T> at, long horizonMs) throws Exception {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, T> each : state.entries()) {
            entries.add(new Entry(at.applyAsLong(each.getValue()), each.getKey()));
        }
        entries.sort(OLDEST);
        int most = entries.size() - MAX_ENTRIES;
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.ms() >= horizonMs && i >= most) {
                return;
            }
            state.remove(entry.key());
            removed.inc();
            surplus.inc(entry.ms() >= horizonMs ? 1 : 0);
        }
    }
}
