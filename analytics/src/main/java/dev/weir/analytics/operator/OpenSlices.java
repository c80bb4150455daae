package dev.weir.analytics.operator;

import dev.weir.model.Activity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.state.KeyedStateCheckpointOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The encoded parts of slices that the watermark has not closed, on the heap, by slice and key. They live for seconds,
 * so they are no keyed state: a slice is closed in one sweep over its keys, and all slices are written with a
 * checkpoint, by key group. When the parts take more than a bound, further ones are stored elsewhere, and only their
 * keys are kept here, up to a bound of their own. For one thread.
 */
final class OpenSlices {
    /** The version of the written form. */
    private static final int VERSION = 1;

    /** The size of a key beside its parts: text, list and entries of the map. */
    private static final int KEY_BYTES = 200;

    private static final int PART_BYTES = 24;

    private final long maxBytes;
    private final long maxKeyBytes;
    private final TreeMap<Long, Map<String, Parts>> slices = new TreeMap<>();
    private long bytes;

    /** The parts of one key in one slice. */
    static final class Parts {
        private final List<byte[]> parts = new ArrayList<>(1);
        private boolean isSpilled;

        /** The parts on the heap. */
        List<byte[]> onHeap() {
            return parts;
        }

        /** True if further parts are stored elsewhere. */
        boolean isSpilled() {
            return isSpilled;
        }
    }

    /** The result of adding a part. */
    enum Added {
        /** The part is on the heap. */
        KEPT,
        /** The caller stores it, and its key is known to have it. */
        SPILLED,
        /** The part is lost, since not even its key has room. */
        LEFT_OUT
    }

    /**
     * Creates slices without parts.
     *
     * @param maxBytes the bytes of keys and parts beyond which parts are stored elsewhere
     * @param maxKeyBytes the bytes that the keys of such parts may take; 0 if there is no other store
     */
    OpenSlices(long maxBytes, long maxKeyBytes) {
        this.maxBytes = maxBytes;
        this.maxKeyBytes = maxKeyBytes;
    }

    /** Adds a part. */
    Added add(long sliceMs, String key, byte[] part) {
        Parts known = find(sliceMs, key);
        long ofKey = known == null ? sizeOf(key) : 0;
        boolean isKept = bytes + ofKey + part.length + PART_BYTES <= maxBytes;
        if (!isKept && (maxKeyBytes == 0 || bytes + ofKey > maxBytes + maxKeyBytes)) {
            return Added.LEFT_OUT;
        }
        Parts parts = known == null ? parts(sliceMs, key) : known;
        if (isKept) {
            put(parts, part);
            return Added.KEPT;
        }
        parts.isSpilled = true;
        return Added.SPILLED;
    }

    private @Nullable Parts find(long sliceMs, String key) {
        Map<String, Parts> slice = slices.get(sliceMs);
        return slice == null ? null : slice.get(key);
    }

    private Parts parts(long sliceMs, String key) {
        return slices.computeIfAbsent(sliceMs, slice -> new HashMap<>()).computeIfAbsent(key, each -> {
            bytes += sizeOf(key);
            return new Parts();
        });
    }

    private static int sizeOf(String key) {
        return KEY_BYTES + key.length();
    }

    private void put(Parts parts, byte[] part) {
        parts.parts.add(part);
        bytes += part.length + PART_BYTES;
    }

    /** True if the key has parts in the slice. */
    boolean contains(long sliceMs, String key) {
        return find(sliceMs, key) != null;
    }

    /** The start of the earliest slice that a watermark closes; null if there is none. */
    @Nullable Long firstClosed(long watermark) {
        return slices.isEmpty() || slices.firstKey() + Activity.SLICE_MS - 1 > watermark ? null : slices.firstKey();
    }

    /** Removes a slice and returns its parts by key. */
    Map<String, Parts> take(long sliceMs) {
        Map<String, Parts> taken = slices.remove(sliceMs);
        if (taken == null) {
            return Map.of();
        }
        for (Map.Entry<String, Parts> each : taken.entrySet()) {
            bytes -= sizeOf(each.getKey());
            for (byte[] part : each.getValue().parts) {
                bytes -= part.length + PART_BYTES;
            }
        }
        return taken;
    }

    /** The approximate size of the parts on the heap, in bytes. */
    long bytes() {
        return bytes;
    }

    /**
     * Writes all parts.
     *
     * @param group returns the key group of a key, which is one of {@code out}
     */
    void write(KeyedStateCheckpointOutputStream out, ToIntFunction<String> group) throws IOException {
        Map<Integer, List<Entry>> groups = new TreeMap<>();
        slices.forEach((sliceMs, keys) ->
                keys.forEach((key, parts) -> groups.computeIfAbsent(group.applyAsInt(key), each -> new ArrayList<>())
                        .add(new Entry(sliceMs, key, parts))));
        for (Map.Entry<Integer, List<Entry>> each : groups.entrySet()) {
            out.startNewKeyGroup(each.getKey());
            DataOutputViewStreamWrapper data = new DataOutputViewStreamWrapper(out);
            data.writeByte(VERSION);
            data.writeInt(each.getValue().size());
            for (Entry entry : each.getValue()) {
                entry.write(data);
            }
            data.flush();
        }
    }

    /** Adds the parts of a key group that {@link #write} has written, whether they have room or not. */
    void read(InputStream in) throws IOException {
        DataInputViewStreamWrapper data = new DataInputViewStreamWrapper(in);
        int version = data.read();
        if (version < 0) {
            return;
        }
        if (version != VERSION) {
            throw new IOException("open slices have the form " + version + ", and this Weir reads " + VERSION);
        }
        int entries = data.readInt();
        for (int i = 0; i < entries; i++) {
            Parts parts = parts(
                    data.readLong(),
                    new String(BytePrimitiveArraySerializer.INSTANCE.deserialize(data), StandardCharsets.UTF_8));
            parts.isSpilled = data.readBoolean();
            int size = data.readInt();
            for (int j = 0; j < size; j++) {
                put(parts, BytePrimitiveArraySerializer.INSTANCE.deserialize(data));
            }
        }
    }

    private record Entry(long sliceMs, String key, Parts parts) {
        void write(DataOutputView data) throws IOException {
            data.writeLong(sliceMs);
            BytePrimitiveArraySerializer.INSTANCE.serialize(key.getBytes(StandardCharsets.UTF_8), data);
            data.writeBoolean(parts.isSpilled);
            data.writeInt(parts.parts.size());
            for (byte[] part : parts.parts) {
                BytePrimitiveArraySerializer.INSTANCE.serialize(part, data);
            }
        }
    }
}
