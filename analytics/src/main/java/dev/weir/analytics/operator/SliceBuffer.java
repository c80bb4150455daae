package dev.weir.analytics.operator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;

/**
 * Keeps the records of open slices until the watermark closes them, and returns them in one order however they arrived.
 *
 * @param <T> type of the records
 */
final class SliceBuffer<T> {
    private final ListState<Tuple2<Long, T>> waiting;
    private final ValueState<Integer> count;
    private final Comparator<T> order;
    private final int capacity;

    /**
     * Creates a buffer over the state of the present key.
     *
     * @param waiting each record with the time at which it is due
     * @param count the number of those
     * @param capacity the number from which the buffer counts as full
     */
    SliceBuffer(ListState<Tuple2<Long, T>> waiting, ValueState<Integer> count, Comparator<T> order, int capacity) {
        this.waiting = waiting;
        this.count = count;
        this.order = order;
        this.capacity = capacity;
    }

    /** Opens the buffer of an operator, which has no other. */
    static <T> SliceBuffer<T> open(RuntimeContext context, Class<T> type, Comparator<T> order, int capacity) {
        return new SliceBuffer<>(
                context.getListState(new ListStateDescriptor<>(
                        "waiting-by-slice", Types.TUPLE(Types.LONG, TypeInformation.of(type)))),
                context.getState(new ValueStateDescriptor<>("waiting-count", Types.INT)),
                order,
                capacity);
    }

    int size() throws Exception {
        Integer size = count.value();
        return size == null ? 0 : size;
    }

    boolean isFull() throws Exception {
        return size() >= capacity;
    }

    /**
     * Adds a record, whether the buffer is full or not.
     *
     * @param dueMs the event time at which the record is due, at the end of its slice
     */
    void add(long dueMs, T record) throws Exception {
        count.update(size() + 1);
        waiting.add(Tuple2.of(dueMs, record));
    }

    /** Removes the records that are due at a time and returns them in order. */
    List<T> takeDue(long nowMs) throws Exception {
        if (size() == 0) {
            return List.of();
        }
        List<T> due = new ArrayList<>();
        List<Tuple2<Long, T>> later = new ArrayList<>();
        for (Tuple2<Long, T> each : waiting.get()) {
            if (each.f0 <= nowMs) {
                due.add(each.f1);
            } else {
                later.add(each);
            }
        }
        if (later.isEmpty()) {
            waiting.clear();
            count.clear();
        } else if (!due.isEmpty()) {
            waiting.update(later);
            count.update(later.size());
        }
        due.sort(order);
        return due;
    }

    /** Merges the records of each slice into one. */
    void merge(Function<List<T>, T> sum) throws Exception {
        Map<Long, List<T>> byDue = new TreeMap<>();
        for (Tuple2<Long, T> each : waiting.get()) {
            byDue.computeIfAbsent(each.f0, due -> new ArrayList<>()).add(each.f1);
        }
        List<Tuple2<Long, T>> merged = new ArrayList<>();
        byDue.forEach((due, records) -> merged.add(Tuple2.of(due, sum.apply(records))));
        waiting.update(merged);
        count.update(merged.size());
    }

    /** Removes all records, though more of their slices may come, and returns them in order. */
    List<T> takeAll() throws Exception {
        return takeDue(Long.MAX_VALUE);
    }
}
