package dev.weir.ingest.enrichment;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes the smallest database in MaxMind's format (version 2.0): one IPv4 block and its record. */
final class MaxMindFile {
    private static final int UTF8 = 2;
    private static final int UINT16 = 5;
    private static final int UINT32 = 6;
    private static final int MAP = 7;
    private static final int UINT64 = 9;
    private static final int ARRAY = 11;
    private static final int SEPARATOR = 16;
    /** The size from which on the rest of it has a byte of its own. */
    private static final int LONG = 29;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private MaxMindFile() {}

    static Path write(Path file, int network, int prefix, Map<String, Object> record) throws IOException {
        MaxMindFile database = new MaxMindFile();
        // A node for each bit of the block; the other branch of each is empty, written as the number of nodes.
        for (int bit = 0; bit < prefix; bit++) {
            int onward = bit + 1 < prefix ? bit + 1 : prefix + SEPARATOR;
            boolean one = (network >>> (31 - bit) & 1) == 1;
            database.pointer(one ? prefix : onward);
            database.pointer(one ? onward : prefix);
        }
        database.out.write(new byte[SEPARATOR]);
        database.value(record);
        database.out.write(new byte[] {(byte) 0xab, (byte) 0xcd, (byte) 0xef});
        database.out.write("MaxMind.com".getBytes(StandardCharsets.US_ASCII));
        database.value(Map.of(
                "node_count",
                (long) prefix,
                "record_size",
                24,
                "ip_version",
                4,
                "database_type",
                "Test",
                "languages",
                List.of(),
                "binary_format_major_version",
                2,
                "binary_format_minor_version",
                0,
                "build_epoch",
                BigInteger.valueOf(1_790_000_000L),
                "description",
                Map.of()));
        return Files.write(file, database.out.toByteArray());
    }

    private void pointer(int to) {
        number(to, 3);
    }

    private void number(long value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }

    private void control(int type, int size) {
        int first = Math.min(size, LONG);
        if (type > MAP) {
            out.write(first);
            out.write(type - MAP);
        } else {
            out.write(type << 5 | first);
        }
        if (first == LONG) {
            out.write(size - LONG);
        }
    }

    private void value(Object value) {
        if (value instanceof Map<?, ?> map) {
            control(MAP, map.size());
            map.forEach((key, each) -> {
                value(key);
                value(each);
            });
        } else if (value instanceof List<?> list) {
            control(ARRAY, list.size());
            list.forEach(this::value);
        } else if (value instanceof Integer number) {
            control(UINT16, 2);
            number(number, 2);
        } else if (value instanceof Long number) {
            control(UINT32, 4);
            number(number, 4);
        } else if (value instanceof BigInteger number) {
            control(UINT64, 8);
            number(number.longValue(), 8);
        } else {
            byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
            control(UTF8, text.length);
            out.writeBytes(text);
        }
    }
}
