package dev.weir.model.codec;

import dev.weir.model.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Decodes as {@link FlowCodec} does, and remembers what ends are called: for who reads many flows. For one thread.
 *
 * <p>A flow mostly differs from others in its times and counters alone. {@link #read} looks only at those, and recognises the bytes of
 * all else; what is not written as Weir writes it, or is not known yet, is decoded field by field.
 */
public final class FlowDecoder {
    private final ProtoMemory memory = new ProtoMemory();
    private final FlowCursor cursor = new FlowCursor(this);
    private final FlowPrescan proto = new ProtoScan(cursor);
    private @Nullable FlowPrescan json;

    /**
     * @throws dev.weir.model.InvalidRecordException naming the field, or {@code flow} when the value as a whole is unreadable
     */
    public Flow decode(byte[] value) {
        FlowCodec.requireSize(value);
        return FlowCodec.isJson(value) ? FlowJson.decode(value) : FlowProto.decode(value, memory);
    }

    /**
     * Stands on the flow of a value; the same cursor each time.
     *
     * @throws dev.weir.model.InvalidRecordException as {@link #decode}
     */
    public FlowCursor read(byte[] value) {
        FlowCodec.requireSize(value);
        FlowPrescan scan = FlowCodec.isJson(value) ? json() : proto;
        boolean isPlain = scan.scan(value);
        if (isPlain && scan.isKnown()) {
            return cursor;
        }
        Flow flow = decode(value);
        if (isPlain) {
            scan.remember(flow);
        }
        cursor.set(flow);
        return cursor;
    }

    private FlowPrescan json() {
        FlowPrescan scan = json;
        if (scan == null) {
            scan = new JsonScan(cursor);
            json = scan;
        }
        return scan;
    }
}
