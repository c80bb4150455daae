package dev.weir.ingest.collector.pcap;

import dev.weir.common.Ip;
import dev.weir.ingest.format.DnsCodes;
import dev.weir.model.L7;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads DNS messages (RFC 1035): the first question and its answers. */
final class Dns {
    private static final int HEADER = 12;
    private static final int MAX_JUMPS = 32;
    private static final int MAX_NAME = 253;
    private static final int MAX_ANSWERS = 64;
    private static final int A = 1;
    private static final int CNAME = 5;
    private static final int AAAA = 28;

    /**
     * A DNS message.
     *
     * @param answer true for an answer, false for a question
     */
    record Message(boolean answer, L7.Dns dns) {}

    private record Name(String text, int next) {}

    private Dns() {}

    /** Reads a message; returns null if the payload is none. */
    static @Nullable Message read(ByteBuffer payload) {
        ByteBuffer in = payload.slice();
        if (in.remaining() < HEADER) {
            return null;
        }
        int flags = in.getShort(2) & 0xffff;
        int questions = in.getShort(4) & 0xffff;
        int answers = in.getShort(6) & 0xffff;
        int opcode = flags >> 11 & 15;
        if (questions != 1 || opcode != 0) {
            return null;
        }
        Name query = name(in, HEADER);
        if (query == null || query.next() + 4 > in.limit()) {
            return null;
        }
        int type = in.getShort(query.next()) & 0xffff;
        boolean answer = (flags & 0x8000) != 0;
        String rcode = answer ? DnsCodes.rcode(flags & 15) : null;
        List<String> texts = answer ? answers(in, query.next() + 4, answers) : List.of();
        return new Message(
                answer, new L7.Dns(query.text(), DnsCodes.type(type), rcode, texts.isEmpty() ? null : texts));
    }

    private static List<String> answers(ByteBuffer in, int at, int count) {
        List<String> answers = new ArrayList<>();
        int next = at;
        for (int i = 0; i < Math.min(count, MAX_ANSWERS); i++) {
            Name owner = name(in, next);
            if (owner == null || owner.next() + 10 > in.limit()) {
                return answers;
            }
            int type = in.getShort(owner.next()) & 0xffff;
            int length = in.getShort(owner.next() + 8) & 0xffff;
            int data = owner.next() + 10;
            if (data + length > in.limit()) {
                return answers;
            }
            if (type == A && length == 4 || type == AAAA && length == 16) {
                byte[] address = new byte[length];
                in.get(data, address);
                answers.add(Ip.toText(address));
            } else if (type == CNAME) {
                Name name = name(in, data);
                if (name != null) {
                    answers.add(name.text());
                }
            }
            next = data + length;
        }
        return answers;
    }

    /** Reads a name and follows its pointers; returns null if they leave the message or form a circle. */
    private static @Nullable Name name(ByteBuffer in, int start) {
        StringBuilder text = new StringBuilder();
        int at = start;
        int next = -1;
        int jumps = 0;
        while (at < in.limit()) {
            int length = in.get(at) & 255;
            if (length == 0) {
                return new Name(text.toString(), next < 0 ? at + 1 : next);
            }
            if ((length & 0xc0) == 0xc0) {
                if (at + 1 >= in.limit() || ++jumps > MAX_JUMPS) {
                    return null;
                }
                next = next < 0 ? at + 2 : next;
                at = (length & 0x3f) << 8 | in.get(at + 1) & 255;
                continue;
            }
            if ((length & 0xc0) != 0 || at + 1 + length > in.limit() || text.length() + length + 1 > MAX_NAME) {
                return null;
            }
            byte[] label = new byte[length];
            in.get(at + 1, label);
            if (text.length() > 0) {
                text.append('.');
            }
            text.append(printable(label));
            at += 1 + length;
        }
        return null;
    }

    /** Bytes that are no text are written as {@code \ddd}, as in zone files. */
    private static String printable(byte[] label) {
        String text = new String(label, StandardCharsets.US_ASCII);
        for (byte each : label) {
            if (each <= ' ' || each == 127) {
                StringBuilder escaped = new StringBuilder();
                for (byte b : label) {
                    escaped.append(b > ' ' && b < 127 ? String.valueOf((char) b) : String.format("\\%03d", b & 255));
                }
                return escaped.toString();
            }
        }
        return text;
    }
}
