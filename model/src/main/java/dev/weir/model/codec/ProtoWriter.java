package dev.weir.model.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes protobuf messages in one pass, into a buffer that each thread reuses. A field whose value is null is left out.
 *
 * <p>A nested message is written behind one byte that is reserved for its length; when the length takes more bytes, the
 * message is moved up. So the bytes equal those of the generated code, and only the returned array is allocated. For
 * one thread.
 */
final class ProtoWriter {
    private static final int FIRST_BYTES = 1024;

    /** A buffer that one long activity made larger than this many bytes is not kept. */
    private static final int MAX_KEPT_BYTES = 256 * 1024;

    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int MAX_VARINT_BYTES = 10;
    private static final int MAX_TAG_BYTES = 5;
    private static final ThreadLocal<ProtoWriter> OF_THREAD = ThreadLocal.withInitial(ProtoWriter::new);

    private byte[] buffer = new byte[FIRST_BYTES];
    private int position;

    private ProtoWriter() {}

    /** Writes the fields of a value. */
    @FunctionalInterface
    interface Fields<T> {
        void write(T value, ProtoWriter out);
    }

    /** Encodes one value. {@code fields} must not call this method, since it would write to the same buffer. */
    static <T> byte[] encode(T value, Fields<T> fields) {
        ProtoWriter out = OF_THREAD.get();
        out.position = 0;
        fields.write(value, out);
        byte[] message = Arrays.copyOf(out.buffer, out.position);
        if (out.buffer.length > MAX_KEPT_BYTES) {
            out.buffer = new byte[FIRST_BYTES];
        }
        return message;
    }

    <T> void message(int field, @Nullable T value, Fields<T> fields) {
        if (value != null) {
            int start = open(field);
            fields.write(value, this);
            close(start);
        }
    }

    /** Begins a nested message, or a list of packed numbers, and returns the place where its content starts. */
    int open(int field) {
        tag(field, LENGTH_DELIMITED);
        reserve(1);
        return ++position;
    }

    /** Ends the message that {@link #open} began, by writing its length in front of it. */
    void close(int start) {
        int length = position - start;
        int more = varintBytes(length) - 1;
        if (more > 0) {
            reserve(more);
            System.arraycopy(buffer, start, buffer, start + more, length);
        }
        position = start - 1;
        varint(length);
        position += length;
    }

    void int64(int field, long value) {
        tag(field, VARINT);
        varint(value);
    }

    void packed(long value) {
        reserve(MAX_VARINT_BYTES);
        varint(value);
    }

    void number(int field, @Nullable Number value) {
        if (value != null) {
            int64(field, value.longValue());
        }
    }

    void bool(int field, @Nullable Boolean value) {
        if (value != null) {
            int64(field, value ? 1 : 0);
        }
    }

    /**
     * Writes a constant as its ordinal plus one: the enumerations of {@code .proto} files begin with a value for an
     * unset field.
     */
    void oneOf(int field, @Nullable Enum<?> value) {
        if (value != null) {
            int64(field, value.ordinal() + 1);
        }
    }

    void texts(int field, @Nullable List<String> values) {
        if (values != null) {
            for (String value : values) {
                text(field, value);
            }
        }
    }

    void text(int field, @Nullable String value) {
        if (value == null) {
            return;
        }
        int length = value.length();
        tag(field, LENGTH_DELIMITED);
        reserve(MAX_VARINT_BYTES + length);
        int before = position;
        varint(length);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                position = before;
                content(value.getBytes(StandardCharsets.UTF_8));
                return;
            }
            buffer[position++] = (byte) c;
        }
    }

    void bytes(int field, byte[] value) {
        tag(field, LENGTH_DELIMITED);
        content(value);
    }

    /** Writes bytes that are in two parts. */
    void bytes(int field, byte[] first, byte[] second) {
        int length = first.length + second.length;
        tag(field, LENGTH_DELIMITED);
        reserve(MAX_VARINT_BYTES + length);
        varint(length);
        System.arraycopy(first, 0, buffer, position, first.length);
        System.arraycopy(second, 0, buffer, position + first.length, second.length);
        position += length;
    }

    private void content(byte[] value) {
        reserve(MAX_VARINT_BYTES + value.length);
        varint(value.length);
        System.arraycopy(value, 0, buffer, position, value.length);
        position += value.length;
    }

    /** Writes a tag, and reserves room for the tag and for a number behind it. */
    private void tag(int field, int wireType) {
        reserve(MAX_TAG_BYTES + MAX_VARINT_BYTES);
        varint(field << 3 | wireType);
    }

    /** Writes a number seven bits a byte, the lowest first, into room that is reserved already. */
    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[position++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        buffer[position++] = (byte) rest;
    }

    private static int varintBytes(int value) {
        int bytes = 1;
        for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    private void reserve(int bytes) {
        if (buffer.length - position < bytes) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, position + bytes));
        }
    }
}
