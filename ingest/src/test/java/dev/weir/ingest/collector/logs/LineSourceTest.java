package dev.weir.ingest.collector.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.ingest.format.LineFormats;
import dev.weir.model.InvalidRecordException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineSourceTest {
    @TempDir
    Path folder;

    @Test
    void unfinishedLineWaits() throws Exception {
        Path file = Files.writeString(folder.resolve("grows"), "one\ntw");
        try (LineSource lines = LineSource.open(file, 0)) {
            assertThat(text(lines.next())).isEqualTo("one");
            assertThat(lines.next()).isNull();
            Files.writeString(file, "o\nthree", StandardOpenOption.APPEND);
            assertThat(text(lines.next())).isEqualTo("two");
            assertThat(lines.next()).isNull();
            assertThat(text(lines.last())).isEqualTo("three");
        }
    }

    @Test
    void readingContinuesAtAnOffset() throws Exception {
        Path plain = Files.writeString(folder.resolve("plain"), "one\ntwo\n");
        Path zipped = Files.write(folder.resolve("zipped.gz"), gzip("one\ntwo\n"));
        for (Path file : new Path[] {plain, zipped}) {
            long offset;
            try (LineSource lines = LineSource.open(file, 0)) {
                offset = Objects.requireNonNull(lines.next()).offset();
            }
            try (LineSource lines = LineSource.open(file, offset)) {
                assertThat(text(lines.next())).isEqualTo("two");
            }
        }
    }

    @Test
    void truncatedGzipYieldsTheLinesBefore() throws Exception {
        byte[] whole = gzip("one\n" + "x".repeat(100_000) + "\n");
        Path file = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(whole, whole.length - 20));
        try (LineSource lines = LineSource.open(file, 0)) {
            assertThat(text(lines.next())).isEqualTo("one");
            assertThatThrownBy(() -> {
                        while (lines.next() != null) {
                            // Reads up to the damage.
                        }
                    })
                    .isInstanceOf(LineSource.TruncatedException.class)
                    .hasMessageContaining("cut.gz: the gzip stream is cut off or damaged after");
        }
    }

    @Test
    void linesAcrossTheBufferAreWhole() throws Exception {
        Random random = new Random(7);
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            written.add(String.valueOf((char) ('a' + i % 26)).repeat(random.nextInt(i % 10 == 0 ? 150_000 : 2_000)));
        }
        byte[] bytes = (String.join("\n", written) + "\n").getBytes(StandardCharsets.UTF_8);
        InputStream inPieces = new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return super.read(into, offset, Math.min(length, 1 + random.nextInt(70_000)));
            }
        };
        List<String> read = new ArrayList<>();
        try (LineSource source = LineSource.of("pieces", inPieces)) {
            long offset = 0;
            for (LineSource.Line line = source.next(); line != null; line = source.next()) {
                read.add(new String(line.bytes(), StandardCharsets.UTF_8));
                offset += line.bytes().length + 1;
                assertThat(line.offset()).isEqualTo(offset);
            }
        }
        assertThat(read).isEqualTo(written);
    }

    @Test
    void endlessLineIsSkippedInBoundedMemory() throws Exception {
        Path file = Files.writeString(folder.resolve("long"), "x".repeat(LineSource.MAX_LINE + 10) + "\nnext\n");
        try (LineSource lines = LineSource.open(file, 0)) {
            assertThat(Objects.requireNonNull(lines.next()).bytes()).isNull();
            assertThat(text(lines.next())).isEqualTo("next");
        }
    }

    @Test
    void formatsAreDetectedByTheirFirstLine() {
        assertThat(detect("{\"start_ms\":1}")).isEqualTo("weir");
        assertThat(detect("{\"flow\":{}}")).isEqualTo("hubble");
        assertThat(detect("{\"lost_events\":{}}")).isEqualTo("hubble");
        assertThatThrownBy(() -> detect("{\"a\":1}")).isInstanceOf(InvalidRecordException.class);
        assertThatThrownBy(() -> detect("hello")).hasMessageContaining("is in none of the known formats");
    }

    private static String detect(String line) {
        return LineFormats.detect(line.getBytes(StandardCharsets.UTF_8)).id();
    }

    private static String text(LineSource.@Nullable Line line) {
        return new String(Objects.requireNonNull(Objects.requireNonNull(line).bytes()), StandardCharsets.UTF_8);
    }

    private static byte[] gzip(String text) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
