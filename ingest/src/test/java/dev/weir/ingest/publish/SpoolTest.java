package dev.weir.ingest.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final int ALL = Integer.MAX_VALUE;

    private final Path folder;

    SpoolTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void flowsKeepTheirOrderOverFilesAndRestarts() throws IOException {
        int count = 0;
        Spool.Mark mark;
        try (Spool spool = Spool.open(folder, 1L << 30)) {
            for (int i = 0; i < 40_000; i++) {
                assertThat(spool.append(flow(count++))).isTrue();
            }
            Spool.Batch first = spool.read(spool.first(), 1_000, ALL);
            assertThat(texts(first)).hasSize(1_000).startsWith("0").endsWith("999");
            mark = first.next();
        }
        try (Spool spool = Spool.open(folder, 1L << 30)) {
            for (int i = 0; i < 10; i++) {
                spool.append(flow(count++));
            }
            List<String> rest = new ArrayList<>();
            for (Spool.Batch batch = spool.read(mark, 7_777, ALL);
                    !batch.flows().isEmpty();
                    batch = spool.read(mark, 7_777, ALL)) {
                assertThat(batch.damaged()).isZero();
                rest.addAll(texts(batch));
                mark = batch.next();
            }
            assertThat(rest).hasSize(39_010).startsWith("1000").endsWith("40009");
            long before = spool.bytes();
            spool.release(mark);
            assertThat(spool.bytes()).isLessThan(before / 2);
        }
    }

    @Test
    void tornFrameEndsOnlyItsFile() throws IOException {
        try (Spool spool = Spool.open(folder, 1L << 30)) {
            spool.append(flow(1));
            spool.append(flow(2));
        }
        Path file = only(".flows");
        try (RandomAccessFile torn = new RandomAccessFile(file.toFile(), "rw")) {
            torn.setLength(torn.length() - 3);
        }
        try (Spool spool = Spool.open(folder, 1L << 30)) {
            spool.append(flow(3));
            Spool.Batch batch = spool.read(spool.first(), ALL, ALL);
            assertThat(texts(batch)).containsExactly("1", "3");
            assertThat(batch.damaged()).isPositive();
        }
    }

    @Test
    void damagedFrameIsFoundByItsChecksum() throws IOException {
        try (Spool spool = Spool.open(folder, 1L << 30)) {
            spool.append(flow(1));
        }
        byte[] bytes = Files.readAllBytes(only(".flows"));
        bytes[bytes.length - 2] ^= 1;
        Files.write(only(".flows"), bytes);
        try (Spool spool = Spool.open(folder, 1L << 30)) {
            Spool.Batch batch = spool.read(spool.first(), ALL, ALL);
            assertThat(batch.flows()).isEmpty();
            assertThat(batch.damaged()).isEqualTo(bytes.length);
        }
    }

    @Test
    void fullSpoolRefusesUntilThereIsRoom() throws IOException {
        try (Spool spool = Spool.open(folder, 2 * Spool.SEGMENT_BYTES)) {
            int taken = 0;
            while (spool.append(flow(taken))) {
                taken++;
            }
            assertThat(spool.bytes()).isLessThanOrEqualTo(2 * Spool.SEGMENT_BYTES);
            Spool.Batch batch = spool.read(spool.first(), taken - 1, ALL);
            assertThat(batch.flows()).hasSize(taken - 1);
            spool.release(batch.next());
            assertThat(spool.append(flow(0))).isTrue();
        }
    }

    private Path only(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> texts(Spool.Batch batch) {
        return batch.flows().stream()
                .map(flow -> new String(flow.value(), StandardCharsets.UTF_8).strip())
                .toList();
    }

    /** Creates a flow that is long enough for several files. */
    private static Outgoing flow(int number) {
        String value = number + " ".repeat(1_000);
        return new Outgoing("test", new byte[] {1, 2}, value.getBytes(StandardCharsets.UTF_8));
    }
}
