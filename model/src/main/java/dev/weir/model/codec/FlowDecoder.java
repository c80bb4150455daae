package dev.weir.model.codec;

import dev.weir.model.Flow;

/** Decodes as {@link FlowCodec} does, and remembers what ends are called: for who reads many flows. For one thread. */
public final class FlowDecoder {
    private final ProtoMemory memory = new ProtoMemory();

    /**
     * @throws dev.weir.model.InvalidRecordException naming the field, or {@code flow} when the value as a whole is unreadable
     */
    public Flow decode(byte[] value) {
        FlowCodec.requireSize(value);
        return FlowCodec.isJson(value) ? FlowJson.decode(value) : FlowProto.decode(value, memory);
    }
}
