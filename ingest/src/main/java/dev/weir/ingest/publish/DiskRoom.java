package dev.weir.ingest.publish;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when a disk is to take no more flows, before it is full: Kafka and Flink write to the disk of {@code weir up} too, and end
 * when they cannot.
 */
final class DiskRoom {
    /** However large the disk is. */
    private static final long MOST_KEPT = 2L << 30;

    private static final Logger LOG = LoggerFactory.getLogger(DiskRoom.class);
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
     * @param usable bytes that can still be written
     * @param total bytes of the disk
     * @param percent of the disk that is kept free
     */
    DiskRoom(String where, LongSupplier usable, long total, int percent, LongSupplier nanos) {
        this.where = where;
        this.usable = usable;
        this.nanos = nanos;
        this.kept = Math.min(MOST_KEPT, total / PERCENT * percent);
        this.lookedAt = nanos.getAsLong() - LOOK_NANOS;
    }

    static DiskRoom of(Path folder, int percent) throws IOException {
        FileStore store = Files.getFileStore(folder);
        return new DiskRoom(
                folder.toString(),
                () -> {
                    try {
                        return store.getUsableSpace();
                    } catch (IOException e) {
                        LOG.debug("the room on the disk of {} cannot be asked for: {}", folder, e.getMessage());
                        return Long.MAX_VALUE;
                    }
                },
                store.getTotalSpace(),
                percent,
                System::nanoTime);
    }

    /** Bytes that can be written before only what is kept free is left; negative below that. */
    synchronized long room() {
        long now = nanos.getAsLong();
        if (now - lookedAt >= LOOK_NANOS) {
            lookedAt = now;
            free = usable.getAsLong();
            remember(free < kept);
        }
        return free - kept;
    }

    /** Bytes that are kept free. */
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
