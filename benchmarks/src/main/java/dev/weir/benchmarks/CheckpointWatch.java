package dev.weir.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Samples the folder of the checkpoints twice a second while a job runs: its size, and how long each checkpoint took.
 */
final class CheckpointWatch implements AutoCloseable {
    private final Path folder;
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor();
    private volatile long mostBytes;
    private volatile long longestMs;

    private CheckpointWatch(Path folder) {
        this.folder = folder;
    }

    static CheckpointWatch of(Path folder) {
        CheckpointWatch watch = new CheckpointWatch(folder);
        var unused = watch.watcher.scheduleWithFixedDelay(watch::look, 0, 500, TimeUnit.MILLISECONDS);
        return watch;
    }

    /** The largest size of the folder. */
    long mostBytes() {
        return mostBytes;
    }

    /** The longest time from the making of a checkpoint's folder to its metadata, in ms. */
    long longestMs() {
        return longestMs;
    }

    private void look() {
        try (Stream<Path> files = Files.walk(folder)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) files::iterator) {
                bytes += file.toFile().length();
                if (file.endsWith("_metadata")) {
                    longestMs = Math.max(longestMs, ms(file));
                }
            }
            mostBytes = Math.max(mostBytes, bytes);
        } catch (IOException | UncheckedIOException goneMeanwhile) {
            // Checkpoints come and go; the next sample counts the files of its time.
        }
    }

    private static long ms(Path metadata) throws IOException {
        return metadata.toFile().lastModified()
                - Files.readAttributes(metadata.getParent(), BasicFileAttributes.class)
                        .creationTime()
                        .toMillis();
    }

    @Override
    public void close() {
        watcher.shutdownNow();
    }
}
