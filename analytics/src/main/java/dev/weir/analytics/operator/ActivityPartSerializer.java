package dev.weir.analytics.operator;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes activities between the judge and the detectors; each is sent once for each scope. */
final class ActivityPartSerializer extends ImmutableSerializer<ActivityPart> {
    static final ActivityPartSerializer INSTANCE = new ActivityPartSerializer();

    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(ActivityPart part, DataOutputView target) throws IOException {
        target.writeLong(part.sliceMs());
        StringValue.writeString(part.cluster(), target);
        StringValue.writeString(part.source(), target);
        StringValue.writeString(part.destination(), target);
        StringValue.writeString(part.service(), target);
        BytePrimitiveArraySerializer.INSTANCE.serialize(part.activity(), target);
    }

    @Override
    public ActivityPart deserialize(DataInputView source) throws IOException {
        return new ActivityPart(
                source.readLong(),
                StringValue.readString(source),
                StringValue.readString(source),
                StringValue.readString(source),
                StringValue.readString(source),
                BytePrimitiveArraySerializer.INSTANCE.deserialize(source));
    }

    @Override
    public TypeSerializerSnapshot<ActivityPart> snapshotConfiguration() {
        return new Snapshot();
    }

    /** The serializer's snapshot; Flink finds it by its name. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ActivityPart> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
