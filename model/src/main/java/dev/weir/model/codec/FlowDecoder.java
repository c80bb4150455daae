package dev.weir.model.codec;

import dev.weir.model.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Decodes as {@link FlowCodec} does, with a cache of endpoints and attributes: for readers of many flows. For one
 * thread.
 *
 * <p>A flow mostly differs from others in its times and counters alone. {@link #read} decodes only those, and
 * recognises the bytes of all else; a value that is not written in Weir's own form, or is not cached yet, is decoded
 * field by field.
 */
public final class FlowDecoder {
    private final ProtoCache cache = new ProtoCache();
    private final FlowCursor cursor = new FlowCursor(this);
    private final FlowPrescan proto = new ProtoScan(cursor);
    private @Nullable FlowPrescan json;

    /**
     * Decodes a value.
     *
     * @throws dev.weir.model.InvalidRecordException naming the field, or {@code flow} when the value as a whole is
     *     unreadable
     */
    public Flow decode(byte[] value) {
        FlowCodec.requireSize(value);
        return FlowCodec.isJson(value) ? FlowJson.decode(value) : FlowProto.decode(value, cache);
    }

    /**
     * Moves the cursor to the flow of a value; the cursor is the same each time.
     *
     * @throws dev.weir.model.InvalidRecordException as {@link #decode} does
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
            scan.put(flow);
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
