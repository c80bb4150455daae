package dev.weir.analytics.operator;

import java.util.function.Consumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;

/**
 * The encoded parts of open slices. They are only appended, and read when the slice closes: RocksDB is asked for single
 * keys and never for a range, which costs a hundred times as much.
 */
final class SliceParts {
    private static final TypeInformation<byte[]> BYTES = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    private static final byte[] NOTHING = new byte[0];

    /** The number of parts of each open slice, and the part itself if there is only one, as is usual. */
    private final MapState<Long, Tuple2<Integer, byte[]>> slices;

    /** The parts of slices with several, by slice and number. */
    private final MapState<Tuple2<Long, Integer>, byte[]> parts;

    SliceParts(MapState<Long, Tuple2<Integer, byte[]>> slices, MapState<Tuple2<Long, Integer>, byte[]> parts) {
        this.slices = slices;
        this.parts = parts;
    }

    static SliceParts open(RuntimeContext context) {
        return new SliceParts(
                context.getMapState(new MapStateDescriptor<>("slices", Types.LONG, Types.TUPLE(Types.INT, BYTES))),
                context.getMapState(new MapStateDescriptor<>("parts", Types.TUPLE(Types.LONG, Types.INT), BYTES)));
    }

    /** Adds a part; returns true if it is the first of its slice. */
    boolean add(long sliceMs, byte[] part) throws Exception {
        Tuple2<Integer, byte[]> before = slices.get(sliceMs);
        if (before == null) {
            slices.put(sliceMs, Tuple2.of(1, part));
            return true;
        }
        if (before.f0 == 1) {
            parts.put(Tuple2.of(sliceMs, 0), before.f1);
        }
        parts.put(Tuple2.of(sliceMs, before.f0), part);
        slices.put(sliceMs, Tuple2.of(before.f0 + 1, NOTHING));
        return false;
    }

    /** Removes the parts of a slice and hands them over one by one; returns false if there are none. */
    boolean take(long sliceMs, Consumer<byte[]> receiver) throws Exception {
        Tuple2<Integer, byte[]> first = slices.get(sliceMs);
        if (first == null) {
            return false;
        }
        slices.remove(sliceMs);
        if (first.f0 == 1) {
            receiver.accept(first.f1);
            return true;
        }
        for (int number = 0; number < first.f0; number++) {
            Tuple2<Long, Integer> key = Tuple2.of(sliceMs, number);
            receiver.accept(parts.get(key));
            parts.remove(key);
        }
        return true;
    }
}
