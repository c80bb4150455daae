package dev.weir.ingest.publish;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a disk may take more flows, before it is full: Kafka and Flink write to the disk of {@code weir up}
 * too, and stop if they cannot.
 */
final class DiskGuard {
    /** The largest space that is kept free, on a disk of any size, in bytes. */
    private static final long MOST_KEPT = 2L << 30;

    private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);
    private static final long LOOK_NANOS = 250_000_000L;
    private static final int PERCENT = 100;

    private final String where;
    private final LongSupplier usable;
    private final LongSupplier nanos;
    private final long kept;
    private long lookedAt;
    private long free;
    private boolean low;

    /**
     * Creates the check of one disk.
     *
     * @param usable bytes that can still be written
     * @param total size of the disk in bytes
     * @param percent share of the disk that is kept free, in percent
     */
    DiskGuard(String where, LongSupplier usable, long total, int percent, LongSupplier nanos) {
        this.where = where;
        this.usable = usable;
        this.nanos = nanos;
        this.kept = Math.min(MOST_KEPT, total / PERCENT * percent);
        this.lookedAt = nanos.getAsLong() - LOOK_NANOS;
    }

    static DiskGuard of(Path folder, int percent) throws IOException {
        FileStore store = Files.getFileStore(folder);
        return new DiskGuard(
                folder.toString(),
                () -> {
                    try {
                        return store.getUsableSpace();
                    } catch (IOException e) {
                        LOG.debug("spool: reading the free space on the disk of {} failed: {}", folder, e.getMessage());
                        return Long.MAX_VALUE;
                    }
                },
                store.getTotalSpace(),
                percent,
                System::nanoTime);
    }

    /** Returns the bytes that can be written before only the space to be kept free is left; negative below that. */
    synchronized long room() {
        long now = nanos.getAsLong();
        if (now - lookedAt >= LOOK_NANOS) {
            lookedAt = now;
            free = usable.getAsLong();
            remember(free < kept);
        }
        return free - kept;
    }

    /** Returns the space that is kept free, in bytes. */
    long kept() {
        return kept;
    }

    private void remember(boolean now) {
        if (now && !low) {
            LOG.error(
                    "the disk of {} has {} MB left, and {} MB are kept free: flows are refused until there is room; delete something,"
                            + " or set ingest.spool.keep_free",
                    where,
                    free >> 20,
                    kept >> 20);
        } else if (!now && low) {
            LOG.info("the disk of {} has room again: {} MB; flows are taken", where, free >> 20);
        }
        low = now;
    }
}
