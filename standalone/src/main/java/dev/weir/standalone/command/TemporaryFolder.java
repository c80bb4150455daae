package dev.weir.standalone.command;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder for all temporary files of a command, those of Flink and of native libraries included. It is deleted when
 * the command ends, also by an interrupt. A lock in it distinguishes a folder in use from that of a killed run, which
 * the next run deletes.
 */
final class TemporaryFolder implements AutoCloseable {
    static final String PREFIX = "weir-run-";
    static final String LOCK = ".lock";

    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFolder.class);
    private static final String PROPERTY = "java.io.tmpdir";
    /**
     * The folder in which zstd unpacks its native library; the JDK's own temporary folder is fixed at the start of the
     * JVM.
     */
    private static final String PROPERTY_OF_ZSTD = "ZstdTempFolder";

    private static final Pattern OURS = Pattern.compile(Pattern.quote(PREFIX) + "[0-9a-f-]{36}(?:[.]new)?");
    /** The suffix of a folder whose lock may not be held yet. */
    private static final String NEW = ".new";

    private static final Duration NEW_FOR = Duration.ofMinutes(1);
    /** The number of attempts to delete; threads of a library may still write meanwhile. */
    private static final int ATTEMPTS = 20;

    private static final Duration REMOVAL = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Path folder;
    private final FileChannel lock;
    private final Thread hook;

    private TemporaryFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
        this.hook = new Thread(this::onShutdown, "weir-temporary-folder");
    }

    /**
     * Makes the folder, sets it as the place of temporary files of this process, and deletes leftovers of killed runs.
     * Call it before any library asks for the temporary folder.
     *
     * @return null when no folder can be made, which only matters to commands that need one
     */
    static @Nullable TemporaryFolder ofThisProcess() {
        Path parent = Path.of(System.getProperty(PROPERTY)).toAbsolutePath();
        try {
            removeLeftovers(parent, InstantSource.system());
            TemporaryFolder made = in(parent);
            System.setProperty(PROPERTY, made.folder.toString());
            System.setProperty(PROPERTY_OF_ZSTD, made.folder.toString());
            Runtime.getRuntime().addShutdownHook(made.hook);
            return made;
        } catch (IOException e) {
            LOG.debug("no folder of its own in {}: {}", parent, e.getMessage());
            return null;
        }
    }

    /**
     * Makes a new folder within that of this process. The JDK's {@code createTempDirectory} without a parent would make
     * it beside that.
     */
    static Path directory(String prefix) throws IOException {
        return Files.createTempDirectory(Path.of(System.getProperty(PROPERTY)), prefix);
    }

    static TemporaryFolder in(Path parent) throws IOException {
        String name = PREFIX + UUID.randomUUID();
        // The folder is locked under a name that other runs pass over, since a lock cannot be made together with its
        // file.
        Path unlocked = Files.createDirectory(
                parent.resolve(name + NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        FileChannel lock =
                FileChannel.open(unlocked.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
        return new TemporaryFolder(Files.move(unlocked, parent.resolve(name)), lock);
    }

    /** Deletes the folders whose lock no process holds. Folders of other users are left alone. */
    static void removeLeftovers(Path parent, InstantSource clock) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path each : found) {
                boolean isNew = Files.getLastModifiedTime(each)
                        .toInstant()
                        .isAfter(clock.instant().minus(NEW_FOR));
                if (!Files.exists(each.resolve(LOCK))) {
                    // A run was killed before it made the lock, or while it deleted the folder.
                    removeIf(
                            !isNew
                                    && OURS.matcher(each.getFileName().toString())
                                            .matches(),
                            each);
                } else if (!isNew || !each.toString().endsWith(NEW)) {
                    removeUnlocked(each);
                }
            }
        }
    }

    Path path() {
        return folder;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            awaitRemoved();
            return;
        }
        remove();
    }

    /** Waits for the deletion: the process is halted when its command returns. */
    private void awaitRemoved() {
        try {
            hook.join(REMOVAL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void onShutdown() {
        Stopping.awaitStopped();
        remove();
    }

    private void remove() {
        IOException last = null;
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(folder); attempt++) {
            try {
                delete(folder);
            } catch (IOException e) {
                last = e;
            }
            // What still starts makes files anew until the process ends.
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        if (Files.exists(folder)) {
            LOG.warn("the temporary folder {} is left for the next run to remove: {}", folder, String.valueOf(last));
        }
        try {
            lock.close();
        } catch (IOException e) {
            LOG.debug("the lock of {} is released when the process ends: {}", folder, e.getMessage());
        }
    }

    private static void removeUnlocked(Path leftover) {
        try (FileChannel channel = FileChannel.open(leftover.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                delete(leftover);
                LOG.debug("removed {} of a run that was killed", leftover);
            }
        } catch (IOException | OverlappingFileLockException e) {
            LOG.debug("{} is left alone: {}", leftover, e.toString());
        }
    }

    private static void removeIf(boolean isLeft, Path leftover) {
        try {
            if (isLeft) {
                delete(leftover);
                LOG.debug("removed {} of a run that was killed", leftover);
            }
        } catch (IOException e) {
            LOG.debug("{} is left alone: {}", leftover, e.toString());
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                // The library that made the file has deleted it meanwhile.
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
