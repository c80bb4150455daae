package dev.weir.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.standalone.demo.ShopFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command leaves no file in the machine's temporary folder. */
class LeftoversTest {
    private static final long NOW_MS = 1_767_225_600_000L;

    @TempDir
    Path folder;

    @Test
    void analyzeLeavesNothing() throws Exception {
        ShopFiles.write(folder.resolve("shop"), 3, NOW_MS);
        Path temporary = Files.createDirectories(folder.resolve("temporary"));
        String flows = folder.resolve("shop/flows.ndjson.gz").toString();
        try (WeirProcess weir = start(temporary, "analyze", flows)) {
            assertThat(weir.exitCode()).as(weir.errors()).isZero();
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void theDemoLeavesNothing() throws Exception {
        Path temporary = Files.createDirectories(folder.resolve("temporary"));
        try (WeirProcess weir = start(temporary, "demo", "--port", "0", "--for", "1s")) {
            assertThat(weir.exitCode()).as(weir.errors()).isZero();
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void interruptedCommandsLeaveNothing() throws Exception {
        Path temporary = Files.createDirectories(folder.resolve("temporary"));
        for (List<String> command : List.of(List.of("analyze", "-"), List.of("demo", "--port", "0"))) {
            try (WeirProcess weir = start(temporary, command.toArray(String[]::new))) {
                await().atMost(WeirProcess.PATIENCE).until(() -> made(temporary) > 3);
                weir.terminate();
                assertThat(weir.errors()).as(command.get(0)).doesNotContain("ERROR", "\tat ");
            }
            assertThat(temporary).as(command.get(0)).isEmptyDirectory();
        }
    }

    @Test
    void theNextRunRemovesWhatAKilledOneLeft() throws Exception {
        Path temporary = Files.createDirectories(folder.resolve("temporary"));
        try (WeirProcess weir = start(temporary, "demo", "--port", "0")) {
            await().atMost(WeirProcess.PATIENCE).until(() -> made(temporary) > 3);
            weir.kill();
        }
        assertThat(made(temporary)).isGreaterThan(3);
        try (WeirProcess weir = start(temporary, "version")) {
            assertThat(weir.exitCode()).isZero();
        }
        assertThat(temporary).isEmptyDirectory();
    }

    private WeirProcess start(Path temporary, String... arguments) throws IOException {
        return WeirProcess.start(folder, Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary), arguments);
    }

    private static long made(Path temporary) throws IOException {
        try (Stream<Path> all = Files.walk(temporary)) {
            return all.count();
        } catch (UncheckedIOException movedMeanwhile) {
            return 0;
        }
    }
}
