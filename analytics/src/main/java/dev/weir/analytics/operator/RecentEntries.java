package dev.weir.analytics.operator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the present key by name. Those not updated for 30 days are removed, and those not updated for longest make
 * room.
 *
 * @param <T> type of the entries
 */
final class RecentEntries<T> {
    private static final long MEMORY_MS = Duration.ofDays(30).toMillis();

    /** The share of the bound by which it is exceeded before a search for the oldest is worth it. */
    private static final double SURPLUS = 1 / 6.0;

    private final MapState<String, T> entries;

    /** The number of entries. */
    private final ValueState<Integer> count;

    private final ToLongFunction<T> updatedMs;
    private final int most;
    private final LimitCounter evicted;

    private RecentEntries(
            MapState<String, T> entries,
            ValueState<Integer> count,
            ToLongFunction<T> updatedMs,
            int most,
            LimitCounter evicted) {
        this.entries = entries;
        this.count = count;
        this.updatedMs = updatedMs;
        this.most = most;
        this.evicted = evicted;
    }

    /**
     * Opens the entries of an operator.
     *
     * @param name of the state
     * @param updatedMs the event time at which an entry was updated
     * @param most the most entries of a key
     * @param evicted counts those that make room
     */
    static <T> RecentEntries<T> open(
            RuntimeContext context,
            String name,
            Class<T> type,
            ToLongFunction<T> updatedMs,
            int most,
            LimitCounter evicted) {
        return new RecentEntries<>(
                context.getMapState(new MapStateDescriptor<>(name, Types.STRING, TypeInformation.of(type))),
                context.getState(new ValueStateDescriptor<>(name + "-count", Types.INT)),
                updatedMs,
                most,
                evicted);
    }

    @Nullable T get(String name) throws Exception {
        return entries.get(name);
    }

    /** Adds an entry or replaces it. */
    void put(String name, T entry, long nowMs) throws Exception {
        if (!entries.contains(name)) {
            count.update(count() + 1);
        }
        entries.put(name, entry);
        if (count() > most + (int) (most * SURPLUS)) {
            List<T> unused = recent(nowMs);
        }
    }

    /** All entries, the newest first. Those that are too old, and the oldest beyond the bound, are removed. */
    List<T> recent(long nowMs) throws Exception {
        List<Map.Entry<String, T>> all = new ArrayList<>();
        for (Map.Entry<String, T> each : entries.entries()) {
            all.add(Map.entry(each.getKey(), each.getValue()));
        }
        Comparator<Map.Entry<String, T>> oldestFirst =
                Comparator.comparingLong(each -> updatedMs.applyAsLong(each.getValue()));
        all.sort(oldestFirst.reversed().thenComparing(Map.Entry.comparingByKey()));
        int kept = 0;
        while (kept < Math.min(all.size(), most) && isRecent(all.get(kept).getValue(), nowMs)) {
            kept++;
        }
        for (Map.Entry<String, T> each : all.subList(kept, all.size())) {
            entries.remove(each.getKey());
            evicted.inc(isRecent(each.getValue(), nowMs) ? 1 : 0);
        }
        if (kept == 0) {
            count.clear();
        } else {
            count.update(kept);
        }
        return all.subList(0, kept).stream().map(Map.Entry::getValue).toList();
    }

    private boolean isRecent(T entry, long nowMs) {
        return updatedMs.applyAsLong(entry) >= nowMs - MEMORY_MS;
    }

    private int count() throws Exception {
        Integer known = count.value();
        return known == null ? 0 : known;
    }
}
