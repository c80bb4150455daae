package dev.weir.model.codec;

import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;

/** Decodes and encodes values of {@code weir.flows}: JSON when the first byte is <code>{</code>, else protobuf. */
public final class FlowCodec {
    /**
     * The maximum length of a value. A flow has a few hundred bytes. Three flows, six times as long if JSON must escape
     * every character, have to fit into an alert and that into a Kafka record of a megabyte.
     */
    public static final int MAX_BYTES = 16 * 1024;

    private FlowCodec() {}

    /**
     * Decodes a value.
     *
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

    /** Encodes a flow as protobuf, the form that Weir itself writes. */
    public static byte[] encode(Flow flow) {
        return FlowProto.encode(flow);
    }

    /**
     * Returns the event time of a value without decoding all of it: the end of the flow, or its start if the value
     * holds no end.
     *
     * @return {@link Long#MIN_VALUE} when the value holds no time
     */
    public static long peekTime(byte[] value) {
        if (value.length == 0) {
            return Long.MIN_VALUE;
        }
        return isJson(value) ? FlowJson.peek(value, FlowJson.END) : FlowProto.peek(value, FlowProto.END);
    }

    /** Returns the start of the flow without decoding all of the value; see {@link #peekTime}. */
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
