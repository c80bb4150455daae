package dev.weir.analytics.operator;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes flows between the source and the judge, the one path that every flow takes. */
final class RawFlowSerializer extends ImmutableSerializer<RawFlow> {
    static final RawFlowSerializer INSTANCE = new RawFlowSerializer();

    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(RawFlow flow, DataOutputView target) throws IOException {
        BytePrimitiveArraySerializer.INSTANCE.serialize(flow.value(), target);
        target.writeInt(flow.partition());
        target.writeLong(flow.offset());
    }

    @Override
    public RawFlow deserialize(DataInputView source) throws IOException {
        return new RawFlow(
                BytePrimitiveArraySerializer.INSTANCE.deserialize(source), source.readInt(), source.readLong());
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
