package dev.weir.analytics.operator;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes flows between the source and the judge, the one path that every flow takes, without the reflection of
 * Flink's POJO serializer.
 */
final class RawFlowSerializer extends TypeSerializerSingleton<RawFlow> {
    static final RawFlowSerializer INSTANCE = new RawFlowSerializer();

    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public RawFlow createInstance() {
        return new RawFlow(new byte[0], 0, 0);
    }

    @Override
    public RawFlow copy(RawFlow from) {
        return from;
    }

    @Override
    public RawFlow copy(RawFlow from, RawFlow reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(RawFlow flow, DataOutputView target) throws IOException {
        target.writeInt(flow.value().length);
        target.write(flow.value());
        target.writeInt(flow.partition());
        target.writeLong(flow.offset());
    }

    @Override
    public RawFlow deserialize(DataInputView source) throws IOException {
        byte[] value = new byte[source.readInt()];
        source.readFully(value);
        return new RawFlow(value, source.readInt(), source.readLong());
    }

    @Override
    public RawFlow deserialize(RawFlow reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<RawFlow> snapshotConfiguration() {
        return new Snapshot();
    }

    /** The serializer's snapshot; Flink finds it by its name. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RawFlow> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
