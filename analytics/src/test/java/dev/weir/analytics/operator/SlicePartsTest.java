package dev.weir.analytics.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.java.tuple.Tuple2;
import org.junit.jupiter.api.Test;

class SlicePartsTest {
    private final MemoryMapState<Long, Tuple2<Integer, byte[]>> slices = new MemoryMapState<>();
    private final MemoryMapState<Tuple2<Long, Integer>, byte[]> parts = new MemoryMapState<>(
            Comparator.<Tuple2<Long, Integer>, Long>comparing(key -> key.f0).thenComparing(key -> key.f1));
    private final SliceParts open = new SliceParts(slices, parts);

    private List<Integer> taken(long sliceMs) throws Exception {
        List<Integer> taken = new ArrayList<>();
        assertThat(open.take(sliceMs, part -> taken.add((int) part[0]))).isEqualTo(!taken.isEmpty());
        return taken;
    }

    @Test
    void partsOfASliceAreTakenInOrderOfArrival() throws Exception {
        assertThat(open.add(0, new byte[] {1})).as("the first part").isTrue();
        assertThat(open.add(0, new byte[] {2})).isFalse();
        assertThat(open.add(10_000, new byte[] {3})).isTrue();
        assertThat(open.add(0, new byte[] {4})).isFalse();
        assertThat(taken(0)).containsExactly(1, 2, 4);
        assertThat(taken(10_000)).containsExactly(3);
        assertThat(taken(0)).isEmpty();
        assertThat(slices.size() + parts.size()).as("state left behind").isZero();
    }
}
