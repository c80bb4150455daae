package dev.weir.analytics.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.analytics.operator.OpenSlices.Added;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.StateSnapshotContextSynchronousImpl;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.junit.jupiter.api.Test;

class OpenSlicesTest {
    private final OpenSlices slices = new OpenSlices(10_000, 10_000);

    @Test
    void slicesAreTakenInTheirOrderByKey() {
        slices.add(10_000, "b", new byte[] {1});
        slices.add(0, "a", new byte[] {2});
        slices.add(0, "b", new byte[] {3});
        slices.add(0, "a", new byte[] {4});
        assertThat(slices.firstClosed(9_998)).isNull();
        assertThat(slices.firstClosed(9_999)).isZero();
        assertThat(slices.contains(0, "a")).isTrue();
        Map<String, OpenSlices.Parts> taken = slices.take(0);
        assertThat(taken).containsOnlyKeys("a", "b");
        assertThat(taken.get("a").onHeap()).containsExactly(new byte[] {2}, new byte[] {4});
        assertThat(slices.firstClosed(9_999)).isNull();
        assertThat(slices.take(10_000)).containsOnlyKeys("b");
        assertThat(slices.bytes()).isZero();
        assertThat(slices.take(20_000)).isEmpty();
    }

    @Test
    void partWithoutRoomIsLeftToTheCaller() {
        assertThat(slices.add(0, "a", new byte[9_000])).isEqualTo(Added.KEPT);
        assertThat(slices.add(0, "a", new byte[2_000])).isEqualTo(Added.SPILLED);
        assertThat(slices.add(0, "b", new byte[2_000])).isEqualTo(Added.SPILLED);
        Map<String, OpenSlices.Parts> taken = slices.take(0);
        assertThat(taken.get("a").onHeap()).hasSize(1);
        assertThat(taken.get("a").isSpilled()).isTrue();
        assertThat(taken.get("b").onHeap()).isEmpty();
        assertThat(taken.get("b").isSpilled()).isTrue();
        assertThat(slices.add(0, "b", new byte[2_000]))
                .as("there is room again")
                .isEqualTo(Added.KEPT);
    }

    @Test
    void keysOfSpilledPartsAreBounded() {
        for (int i = 0; i < 1_000; i++) {
            Added unused = slices.add(0, "key " + i, new byte[1_000]);
        }
        assertThat(slices.bytes()).isBetween(19_800L, 20_000L);
        assertThat(slices.add(0, "key 0", new byte[1_000])).isEqualTo(Added.SPILLED);
        assertThat(slices.add(0, "another", new byte[1_000])).isEqualTo(Added.LEFT_OUT);
        assertThat(slices.contains(0, "another")).isFalse();
    }

    @Test
    void withoutAnotherStoreNothingIsSpilled() {
        OpenSlices alone = new OpenSlices(10_000, 0);
        assertThat(alone.add(0, "a", new byte[9_000])).isEqualTo(Added.KEPT);
        assertThat(alone.add(0, "a", new byte[2_000])).isEqualTo(Added.LEFT_OUT);
        assertThat(alone.add(0, "b", new byte[2_000])).isEqualTo(Added.LEFT_OUT);
        assertThat(alone.take(0)).containsOnlyKeys("a");
    }

    @Test
    void writtenSlicesAreReadByKeyGroup() throws Exception {
        slices.add(0, "a", new byte[] {1});
        slices.add(0, "a", new byte[] {2});
        slices.add(10_000, "bb", new byte[] {3});
        slices.add(10_000, "bb", new byte[20_000]);
        KeyGroupsStateHandle written = written(String::length);
        OpenSlices one = new OpenSlices(0, 1);
        read(written, 1, one);
        assertThat(one.firstClosed(Long.MAX_VALUE)).isZero();
        assertThat(one.take(0).get("a").onHeap()).containsExactly(new byte[] {1}, new byte[] {2});
        assertThat(one.firstClosed(Long.MAX_VALUE)).isNull();
        OpenSlices two = new OpenSlices(0, 1);
        read(written, 2, two);
        OpenSlices.Parts parts = two.take(10_000).get("bb");
        assertThat(parts.onHeap()).containsExactly(new byte[] {3});
        assertThat(parts.isSpilled()).isTrue();
    }

    @Test
    void unknownFormIsRefused() {
        assertThatThrownBy(() -> slices.read(new ByteArrayInputStream(new byte[] {9})))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("have the form 9, and this Weir reads 1");
    }

    private KeyGroupsStateHandle written(ToIntFunction<String> group) throws Exception {
        try (CloseableRegistry open = new CloseableRegistry()) {
            StateSnapshotContextSynchronousImpl context = new StateSnapshotContextSynchronousImpl(
                    1, 1, new MemCheckpointStreamFactory(100_000), new KeyGroupRange(1, 2), open);
            slices.write(context.getRawKeyedOperatorStateOutput(), group);
            var future = context.getKeyedStateStreamFuture();
            future.run();
            return (KeyGroupsStateHandle) future.get().getJobManagerOwnedSnapshot();
        }
    }

    private static void read(KeyGroupsStateHandle handle, int group, OpenSlices into) throws Exception {
        try (var in = handle.openInputStream()) {
            in.seek(handle.getOffsetForKeyGroup(group));
            into.read(in);
        }
    }
}
