package dev.weir.standalone;

import dev.weir.common.config.UnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that survives restarts. It holds the version of its layout, a lock against a second process, and alerts of
 * all namespaces, so other users of the machine cannot read it.
 */
final class DataFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    /**
     * The names that a folder without a version may hold: Weir's own parts, restored by hand, and those of a new
     * volume.
     */
    private static final Set<String> KNOWN = Set.of("lock", "kafka", "spool", "checkpoints", "alerting", "lost+found");

    /** The version of the layout; raised when a new Weir cannot read the folder of an old one. */
    static final int VERSION = 4;

    private final Path root;
    private final FileChannel channel;

    private DataFolder(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /**
     * Opens the folder, makes it when it is missing, and takes its lock.
     *
     * @throws UnavailableException when the folder is in use, has another version, is not empty and not of Weir, or
     *     cannot be written; nothing in it has changed then
     */
    static DataFolder open(Path root) {
        FileChannel channel = null;
        try {
            checkContents(root);
            boolean isPosix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
            if (isPosix) {
                Files.createDirectories(root, PosixFilePermissions.asFileAttribute(OWNER));
                // The target of a link is restricted, since the link's own mode protects nothing.
                restrict(root.toRealPath());
            } else {
                Files.createDirectories(root);
            }
            channel = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new UnavailableException("data folder " + root
                        + " is used by another weir process; stop it, or choose another folder with --data");
            }
            writeVersion(root);
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

    /** The JDBC URL of the alert database. */
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

    /** Sets the modes of the folder and its contents to 0700 and 0600. */
    private static void restrict(Path root) throws IOException {
        boolean wasOpen = !Collections.disjoint(Files.getPosixFilePermissions(root), OTHERS);
        int[] changed = {0};
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                changed[0] += restrictOne(root, folder);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                changed[0] += attributes.isSymbolicLink() ? 0 : restrictOne(root, file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                // Another process may delete files meanwhile; the lock is asked for afterwards.
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        // Files below a closed folder were out of reach.
        if (wasOpen) {
            LOG.info(
                    "data folder {}: other users could read it; the permissions of other users were removed, files and folders changed: {}",
                    root,
                    changed[0]);
        }
    }

    /** Restricts one file or folder and returns the number of changes, 0 or 1. */
    private static int restrictOne(Path root, Path path) throws IOException {
        try {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(path));
            if (Collections.disjoint(permissions, OTHERS)) {
                return 0;
            }
            permissions.removeAll(OTHERS);
            Files.setPosixFilePermissions(path, permissions);
            return 1;
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (FileSystemException e) {
            throw new UnavailableException(
                    "data folder " + root + " holds " + path + ", which other users of this machine"
                            + " may read and this user may not change; let its owner run chmod -R go-rwx " + root);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisJvm) {
            return null;
        }
    }

    /** Refuses a folder of another version, and one that another program filled: its modes are not Weir's to set. */
    private static void checkContents(Path root) throws IOException {
        Path file = root.resolve("version");
        if (Files.exists(file)) {
            String found = Files.readString(file).trim();
            if (!found.equals(Integer.toString(VERSION))) {
                throw new UnavailableException("data folder " + root + " has layout version " + found + " (file " + file
                        + "), and this Weir reads version " + VERSION + "; start the Weir that wrote it, or choose an"
                        + " empty folder with --data, which begins without alerts and baselines");
            }
        } else if (Files.isDirectory(root)) {
            try (Stream<Path> contents = Files.list(root)) {
                Optional<String> other = contents.map(path -> path.getFileName().toString())
                        .filter(name -> !KNOWN.contains(name))
                        .min(Comparator.naturalOrder());
                if (other.isPresent()) {
                    throw new UnavailableException("data folder " + root + " holds " + other.get()
                            + " and no file named version, so it is not Weir's; choose an empty folder with --data");
                }
            }
        }
    }

    private static void writeVersion(Path root) throws IOException {
        Path file = root.resolve("version");
        if (!Files.exists(file)) {
            Files.writeString(file, VERSION + "\n");
        }
    }
}
