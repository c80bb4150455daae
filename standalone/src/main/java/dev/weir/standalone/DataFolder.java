package dev.weir.standalone;

import dev.weir.model.config.UnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The folder that survives restarts: its layout's version, and a lock against a second process. */
final class DataFolder implements AutoCloseable {
    /** Raised when a new Weir cannot read what an old one left. */
    static final int VERSION = 4;

    private final Path root;
    private final FileChannel channel;

    private DataFolder(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /**
     * @throws UnavailableException when it is in use, of another version, or cannot be written
     */
    static DataFolder open(Path root) {
        FileChannel channel = null;
        try {
            Files.createDirectories(root);
            channel = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new UnavailableException("data folder " + root
                        + " is used by another weir process; stop it, or choose another folder with --data");
            }
            checkVersion(root);
            return new DataFolder(root, channel);
        } catch (IOException e) {
            throw new UnavailableException("data folder " + root + " cannot be used: " + e.getMessage());
        }
    }

    Path broker() {
        return root.resolve("kafka");
    }

    Path spool() {
        return root.resolve("spool");
    }

    Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** JDBC URL of the alert database. */
    String database() {
        return "jdbc:h2:file:" + root.toAbsolutePath().resolve("alerting").resolve("weir");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UnavailableException("the lock of " + root + " cannot be released: " + e.getMessage());
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisJvm) {
            return null;
        }
    }

    private static void checkVersion(Path root) throws IOException {
        Path file = root.resolve("version");
        if (!Files.exists(file)) {
            Files.writeString(file, VERSION + "\n");
            return;
        }
        String found = Files.readString(file).trim();
        if (!found.equals(Integer.toString(VERSION))) {
            throw new UnavailableException(
                    "data folder " + root + " has version " + found + ", this weir reads version " + VERSION
                            + "; use the weir that wrote it, or another folder with --data");
        }
    }
}
