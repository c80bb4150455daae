package dev.weir.model.codec;

import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import java.io.IOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of flows within other bytes that are decoded at the first access, which is rare. Unreadable flows are left
 * out. For one thread.
 */
final class LazyFlows extends AbstractList<Flow> {
    private final byte[] value;
    private final @Nullable ProtoCache cache;
    private final List<int[]> ranges = new ArrayList<>(4);
    private @Nullable List<Flow> decoded;

    LazyFlows(byte[] value, @Nullable ProtoCache cache) {
        this.value = value;
        this.cache = cache;
    }

    void addRange(int from, int to) {
        ranges.add(new int[] {from, to});
    }

    @Override
    public Flow get(int index) {
        return decoded().get(index);
    }

    @Override
    public int size() {
        return decoded().size();
    }

    private List<Flow> decoded() {
        List<Flow> flows = decoded;
        if (flows == null) {
            flows = new ArrayList<>(ranges.size());
            for (int[] range : ranges) {
                try {
                    flows.add(new FlowReader(value, range[0], range[1], cache).sample());
                } catch (InvalidRecordException | IOException unreadable) {
                    // The activity is valid without its sample.
                }
            }
            decoded = flows;
        }
        return flows;
    }
}
