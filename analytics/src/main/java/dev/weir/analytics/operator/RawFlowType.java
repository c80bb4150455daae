package dev.weir.analytics.operator;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/** Type information that leads Flink to {@link RawFlowSerializer}. */
final class RawFlowType extends TypeInformation<RawFlow> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<RawFlow> getTypeClass() {
        return RawFlow.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<RawFlow> createSerializer(SerializerConfig config) {
        return RawFlowSerializer.INSTANCE;
    }

    @Override
    public String toString() {
        return RawFlow.class.getSimpleName();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return canEqual(other);
    }

    @Override
    public int hashCode() {
        return RawFlow.class.hashCode();
    }

    @Override
    public boolean canEqual(@Nullable Object other) {
        return other instanceof RawFlowType;
    }
}
