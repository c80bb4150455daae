package dev.weir.analytics.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.java.tuple.Tuple2;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SliceBufferTest {
    private final MemoryList waiting = new MemoryList();
    private final MemoryCount count = new MemoryCount();
    private final SliceBuffer<String> buffer = new SliceBuffer<>(waiting, count, Comparator.naturalOrder(), 3);

    @Test
    void recordsOfAClosedSliceComeInOrder() throws Exception {
        buffer.add(19_999, "c");
        buffer.add(9_999, "b");
        buffer.add(9_999, "a");
        assertThat(buffer.takeDue(9_998)).isEmpty();
        assertThat(buffer.takeDue(9_999)).containsExactly("a", "b");
        assertThat(buffer.size()).isEqualTo(1);
        assertThat(buffer.takeDue(19_999)).containsExactly("c");
    }

    @Test
    void emptyBufferHasNoState() throws Exception {
        buffer.add(9_999, "a");
        buffer.takeDue(9_999);
        assertThat(waiting.records).isEmpty();
        assertThat(count.value()).isNull();
        assertThat(buffer.takeDue(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void fullBufferIsEmptiedAheadOfItsSlices() throws Exception {
        buffer.add(29_999, "c");
        buffer.add(9_999, "b");
        assertThat(buffer.isFull()).isFalse();
        buffer.add(19_999, "a");
        assertThat(buffer.isFull()).isTrue();
        assertThat(buffer.takeAll()).containsExactly("a", "b", "c");
        assertThat(buffer.size()).isZero();
    }

    @Test
    void recordsOfASliceAreMerged() throws Exception {
        buffer.add(9_999, "a");
        buffer.add(19_999, "c");
        buffer.add(9_999, "b");
        buffer.merge(records -> String.join("+", records));
        assertThat(buffer.size()).isEqualTo(2);
        assertThat(buffer.takeDue(9_999)).containsExactly("a+b");
        assertThat(buffer.takeDue(19_999)).containsExactly("c");
    }

    private static final class MemoryList implements ListState<Tuple2<Long, String>> {
        private List<Tuple2<Long, String>> records = new ArrayList<>();

        @Override
        public void add(Tuple2<Long, String> record) {
            records.add(record);
        }

        @Override
        public void addAll(List<Tuple2<Long, String>> more) {
            records.addAll(more);
        }

        @Override
        public void update(List<Tuple2<Long, String>> others) {
            records = new ArrayList<>(others);
        }

        @Override
        public Iterable<Tuple2<Long, String>> get() {
            return records;
        }

        @Override
        public void clear() {
            records.clear();
        }
    }

    private static final class MemoryCount implements ValueState<Integer> {
        private @Nullable Integer count;

        @Override
        public @Nullable Integer value() {
            return count;
        }

        @Override
        public void update(Integer other) {
            count = other;
        }

        @Override
        public void clear() {
            count = null;
        }
    }
}
