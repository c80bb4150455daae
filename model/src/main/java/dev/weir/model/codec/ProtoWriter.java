package dev.weir.model.codec;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the fields of protobuf messages; what is null is left out. */
final class ProtoWriter {
    private static final int BUFFER = 512;

    private ProtoWriter() {}

    /** Writes the fields of one message. */
    @FunctionalInterface
    interface Message {
        void write(CodedOutputStream out) throws IOException;
    }

    static byte[] bytes(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(BUFFER);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, BUFFER);
        try {
            message.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static void message(CodedOutputStream out, int field, Message message) throws IOException {
        out.writeByteArray(field, bytes(message));
    }

    static void text(CodedOutputStream out, int field, @Nullable String value) throws IOException {
        if (value != null) {
            out.writeString(field, value);
        }
    }

    static void texts(CodedOutputStream out, int field, @Nullable List<String> values) throws IOException {
        if (values != null) {
            for (String value : values) {
                out.writeString(field, value);
            }
        }
    }

    static void number(CodedOutputStream out, int field, @Nullable Number value) throws IOException {
        if (value != null) {
            out.writeInt64(field, value.longValue());
        }
    }

    static void bool(CodedOutputStream out, int field, @Nullable Boolean value) throws IOException {
        if (value != null) {
            out.writeBool(field, value);
        }
    }

    /** Enumerations of {@code .proto} files begin with a value for what is not told. */
    static void oneOf(CodedOutputStream out, int field, @Nullable Enum<?> value) throws IOException {
        if (value != null) {
            out.writeEnum(field, value.ordinal() + 1);
        }
    }
}
