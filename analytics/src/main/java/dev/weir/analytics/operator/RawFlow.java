package dev.weir.analytics.operator;

import org.apache.flink.api.common.typeinfo.TypeInformation;

/** An undecoded value of {@code weir.flows} with its partition and offset. The judge decodes it, once. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RawFlow(byte[] value, int partition, long offset) {
    public static final TypeInformation<RawFlow> TYPE = new SerializedType<>(RawFlow.class, RawFlowSerializer.INSTANCE);
}
