package dev.weir.model.codec;

import dev.weir.model.ConnectionOutcome;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Scans the JSON form. White space may stand anywhere, but no text may hold an escape. Numbers are whole and not null.
 */
final class JsonScan extends FlowPrescan {
    private static final byte[] START = key("start_ms");
    private static final byte[] END = key("end_ms");
    private static final byte[] SOURCE = key("source");
    private static final byte[] DESTINATION = key("destination");
    private static final byte[] IP = key("ip");
    private static final byte[] PORT = key("port");
    private static final byte[] BYTES = key("bytes");
    private static final byte[] PACKETS = key("packets");
    private static final byte[] FLAGS = key("tcp_flags");
    private static final List<byte[]> BEFORE_NAMES = List.of(IP, PORT, BYTES, PACKETS, FLAGS);
    private static final List<byte[]> BEFORE_TAIL = List.of(START, END, SOURCE, DESTINATION);
    /** The flags by their first letters, in the order of their bits, and what follows those. */
    private static final String FLAG_LETTERS = "FSRPAUEC";

    private static final String[] FLAG_RESTS = {"IN", "YN", "ST", "SH", "CK", "RG", "CE", "WR"};
    /** The number of digits that always fits. */
    private static final int MAX_DIGITS = 18;

    private int at;

    JsonScan(FlowCursor cursor) {
        super(cursor);
    }

    private static byte[] key(String name) {
        return ('"' + name + '"').getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    boolean scan() {
        at = 1;
        while (true) {
            int from = skipSpace();
            if (isKey(START)) {
                startMs = number();
            } else if (isKey(END)) {
                endMs = number();
            } else if (isKey(SOURCE)) {
                if (!isEnd(source)) {
                    return false;
                }
            } else if (isKey(DESTINATION)) {
                if (!isEnd(destination)) {
                    return false;
                }
            } else {
                attributesFrom = from;
                return from < value.length && value[from] == '"';
            }
            if (at < 0 || !isNext(',')) {
                return false;
            }
        }
    }

    private boolean isEnd(FlowCursor.Side side) {
        if (side.ipFrom >= 0 || !isNext('{')) {
            return false;
        }
        while (true) {
            int from = skipSpace();
            if (isKey(IP)) {
                if (!isAddress(side)) {
                    return false;
                }
            } else if (isKey(PORT)) {
                side.port(small());
            } else if (isKey(BYTES)) {
                side.bytes = number();
            } else if (isKey(PACKETS)) {
                side.packets = number();
            } else if (isKey(FLAGS)) {
                side.tcpFlags = flags();
            } else {
                return from < value.length && value[from] == '"' && isNamed(side);
            }
            if (at < 0) {
                return false;
            }
            skipSpace();
            if (at < value.length && value[at] == '}') {
                return isNamed(side);
            }
            if (!isNext(',')) {
                return false;
            }
        }
    }

    private boolean isNamed(FlowCursor.Side side) {
        if (side.ipFrom < 0) {
            return false;
        }
        int to = known(side, at);
        if (to < 0 || to >= value.length || value[to] != '}') {
            to = unknown(side);
        }
        at = to + 1;
        return to >= 0;
    }

    private boolean isAddress(FlowCursor.Side side) {
        if (side.ipFrom >= 0 || !isNext('"')) {
            return false;
        }
        side.ipFrom = at;
        while (at < value.length && value[at] != '"') {
            if (value[at] == '\\') {
                return false;
            }
            at++;
        }
        side.ipTo = at;
        return isNext('"');
    }

    /** Texts may hold braces, but no escapes. */
    @Override
    int endOfNames(int from) {
        int depth = 0;
        boolean inText = false;
        for (int i = from; i < value.length; i++) {
            byte b = value[i];
            if (b == '\\') {
                return -1;
            } else if (b == '"') {
                inText = !inText;
            } else if (!inText && b == '{') {
                depth++;
            } else if (!inText && b == '}') {
                if (depth == 0) {
                    return i;
                }
                depth--;
            }
        }
        return -1;
    }

    /**
     * False for ranges with escapes, since names of fields may be written with them; labels may have the names of
     * fields.
     */
    @Override
    boolean isSeparate(int from, int to, boolean ofEnd) {
        for (int i = from; i < to; i++) {
            if (value[i] == '\\') {
                return false;
            }
            if (value[i] == '"') {
                for (byte[] key : ofEnd ? BEFORE_NAMES : BEFORE_TAIL) {
                    if (isAt(i, key)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private boolean isAt(int from, byte[] wanted) {
        int to = from + wanted.length;
        return to <= value.length && Arrays.equals(wanted, 0, wanted.length, value, from, to);
    }

    /** Skips the name of a field and its colon; does not move when they do not stand here. */
    private boolean isKey(byte[] wanted) {
        if (!isAt(at, wanted)) {
            return false;
        }
        int from = at;
        at += wanted.length;
        if (isNext(':')) {
            return true;
        }
        at = from;
        return false;
    }

    private boolean isNext(char wanted) {
        skipSpace();
        if (at >= value.length || value[at] != wanted) {
            return false;
        }
        at++;
        return true;
    }

    private int skipSpace() {
        while (at < value.length && isSpace(value[at])) {
            at++;
        }
        return at;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /**
     * Reads a whole number that is not negative; leaves {@link #at} negative when there is none or it may be too large.
     */
    private long number() {
        int from = skipSpace();
        long number = 0;
        while (at < value.length && value[at] >= '0' && value[at] <= '9') {
            number = 10 * number + value[at++] - '0';
        }
        int digits = at - from;
        boolean isWhole = at < value.length && (value[at] == ',' || value[at] == '}' || isSpace(value[at]));
        if (digits == 0 || digits > MAX_DIGITS || (digits > 1 && value[from] == '0') || !isWhole) {
            at = -1;
            return -1;
        }
        return number;
    }

    private int small() {
        long number = number();
        if (number > Integer.MAX_VALUE) {
            at = -1;
        }
        return (int) number;
    }

    private int flags() {
        if (!isNext('[')) {
            at = -1;
            return ConnectionOutcome.ABSENT;
        }
        int bits = 0;
        boolean isFirst = true;
        while (!isNext(']')) {
            int bit = isFirst || isNext(',') ? flag() : 0;
            if (bit == 0 || (bits & bit) != 0) {
                at = -1;
                return ConnectionOutcome.ABSENT;
            }
            bits |= bit;
            isFirst = false;
        }
        return bits;
    }

    /** The bit of the flag that stands here in quotes; 0 for none. */
    private int flag() {
        if (!isNext('"') || value.length - at < 4) {
            return 0;
        }
        int i = FLAG_LETTERS.indexOf(value[at]);
        boolean isFlag = i >= 0
                && value[at + 1] == FLAG_RESTS[i].charAt(0)
                && value[at + 2] == FLAG_RESTS[i].charAt(1)
                && value[at + 3] == '"';
        at += 4;
        return isFlag ? 1 << i : 0;
    }
}
