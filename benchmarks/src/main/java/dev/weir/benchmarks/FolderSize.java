package dev.weir.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Samples the size of a folder twice a second while something runs. */
final class FolderSize {
    private final Path folder;
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor();
    private volatile long most;

    private FolderSize(Path folder) {
        this.folder = folder;
    }

    static FolderSize watch(Path folder) {
        FolderSize size = new FolderSize(folder);
        var unused = size.watcher.scheduleWithFixedDelay(size::look, 0, 500, TimeUnit.MILLISECONDS);
        return size;
    }

    /** The largest size seen; ends the sampling. */
    long most() {
        watcher.shutdownNow();
        return most;
    }

    private void look() {
        try (Stream<Path> files = Files.walk(folder)) {
            long now = files.mapToLong(file -> file.toFile().length()).sum();
            most = Math.max(most, now);
        } catch (IOException | UncheckedIOException goneMeanwhile) {
            // Checkpoints come and go; the next sample counts the files of its time.
        }
    }
}
