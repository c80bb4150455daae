package dev.weir.model.codec;

import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;

/** Reads a value of {@code weir.flows}: JSON when the first byte is <code>{</code>, else protobuf. */
public final class FlowCodec {
    /**
     * A flow is a few hundred bytes. Three of them, six times as long if JSON must escape every character, have to fit into
     * an alert and that into a Kafka record of a megabyte.
     */
    public static final int MAX_BYTES = 16 * 1024;

    private FlowCodec() {}

    /**
     * @throws InvalidRecordException naming the field, or {@code flow} when the value as a whole is unreadable
     */
    public static Flow decode(byte[] value) {
        requireSize(value);
        return isJson(value) ? FlowJson.decode(value) : FlowProto.decode(value, null);
    }

    static void requireSize(byte[] value) {
        if (value.length == 0) {
            throw new InvalidRecordException("flow", "is empty");
        }
        if (value.length > MAX_BYTES) {
            throw new InvalidRecordException("flow", "has " + value.length + " bytes, more than " + MAX_BYTES);
        }
    }

    /** The protobuf form, which is what Weir itself writes. */
    public static byte[] encode(Flow flow) {
        return FlowProto.encode(flow);
    }

    /**
     * The event time of a value without decoding all of it: when the flow ended, or began if that is all it tells.
     *
     * @return {@link Long#MIN_VALUE} when the value tells no time
     */
    public static long peekTime(byte[] value) {
        if (value.length == 0) {
            return Long.MIN_VALUE;
        }
        return isJson(value) ? FlowJson.peek(value, FlowJson.END) : FlowProto.peek(value, FlowProto.END);
    }

    /** As {@link #peekTime}, but when the flow began. */
    public static long peekStart(byte[] value) {
        if (value.length == 0) {
            return Long.MIN_VALUE;
        }
        return isJson(value) ? FlowJson.peek(value, FlowJson.START) : FlowProto.peek(value, FlowProto.START);
    }

    static boolean isJson(byte[] value) {
        return value[0] == '{';
    }
}
