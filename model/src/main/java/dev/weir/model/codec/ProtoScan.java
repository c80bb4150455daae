package dev.weir.model.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** Scans the protobuf form. */
final class ProtoScan extends FlowPrescan {
    private static final int SOURCE = 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int DESTINATION = 4 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int IP = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int PORT = 2 << 3;
    private static final int BYTES = 3 << 3;
    private static final int PACKETS = 4 << 3;
    private static final int FLAGS = 5 << 3;
    /** The first field behind the ends, and behind the counters of an end. */
    private static final int FIRST_OF_TAIL = 5;

    private static final int FIRST_OF_NAMES = 6;
    /** Numbers of more bytes are negative. */
    private static final int MAX_VARINT_BITS = 63;

    private int at;
    private int limit;

    ProtoScan(FlowCursor cursor) {
        super(cursor);
    }

    @Override
    boolean scan() {
        at = 0;
        while (at < value.length) {
            switch (value[at]) {
                case FlowProto.START -> startMs = number();
                case FlowProto.END -> endMs = number();
                case SOURCE -> {
                    if (!isEnd(source)) {
                        return false;
                    }
                }
                case DESTINATION -> {
                    if (!isEnd(destination)) {
                        return false;
                    }
                }
                default -> {
                    attributesFrom = at;
                    return true;
                }
            }
            if (at < 0) {
                return false;
            }
        }
        return true;
    }

    private boolean isEnd(FlowCursor.Side side) {
        long length = number();
        if (side.ipFrom >= 0 || at < 0 || length > value.length - at) {
            return false;
        }
        limit = at + (int) length;
        while (at < limit) {
            switch (value[at]) {
                case IP -> {
                    long bytes = number();
                    if (side.ipFrom >= 0 || at < 0 || bytes > limit - at) {
                        return false;
                    }
                    side.ipFrom = at;
                    at += (int) bytes;
                    side.ipTo = at;
                }
                case PORT -> side.port(small());
                case BYTES -> side.bytes = number();
                case PACKETS -> side.packets = number();
                case FLAGS -> side.tcpFlags = small();
                default -> {
                    return isNamed(side);
                }
            }
            if (at < 0) {
                return false;
            }
        }
        return at == limit && isNamed(side);
    }

    private boolean isNamed(FlowCursor.Side side) {
        if (side.ipFrom < 0) {
            return false;
        }
        if (known(side, at) != limit) {
            unknown(side);
        }
        at = limit;
        return true;
    }

    @Override
    int endOfNames(int from) {
        return limit;
    }

    /** Reads the number behind a tag of one byte; leaves {@link #at} negative when it is no valid time or counter. */
    private long number() {
        int next = at + 1;
        long result = 0;
        for (int shift = 0; shift < MAX_VARINT_BITS && next < value.length; shift += 7) {
            byte b = value[next++];
            result |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                at = next;
                return result;
            }
        }
        at = -1;
        return -1;
    }

    private int small() {
        long number = number();
        if (number > Integer.MAX_VALUE) {
            at = -1;
        }
        return (int) number;
    }

    @Override
    boolean isSeparate(int from, int to, boolean ofEnd) {
        int first = ofEnd ? FIRST_OF_NAMES : FIRST_OF_TAIL;
        FlowReader reader = new FlowReader(value, from, to, null);
        try {
            for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
                if (WireFormat.getTagFieldNumber(tag) < first) {
                    return false;
                }
                reader.skip(tag);
            }
            return true;
        } catch (InvalidProtocolBufferException malformed) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException("no bytes are read from anywhere", e);
        }
    }
}
