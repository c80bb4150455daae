package dev.weir.ingest.publish;

import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.UnavailableException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import io.prometheus.client.Gauge;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes flows from sources that cannot be read again. They go to a spool on disk first and from there to Kafka, in
 * order, each batch in one transaction with the position behind it: a Kafka that is away fills the spool and nothing else,
 * and what was in it when the process died is published by the next one, once. What finds no room, or grows too old, is
 * counted as lost.
 */
public final class SpooledFlows implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpooledFlows.class);
    private static final int BATCH_FLOWS = 10_000;
    private static final long BATCH_BYTES = 4 << 20;
    private static final long IDLE_MS = 20;
    /** Between transactions that carry little. */
    private static final long LINGER_MS = 80;

    private static final long AGAIN_MS = 1_000;
    private static final int LOG_EVERY = 10_000;
    private static final long ROOM_WAIT_MS = 20;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);
    private static final String KIND = "spool";

    private final Spool spool;
    private final SpoolConfig config;
    private final FlowTransactions transactions;
    private final DiskRoom disk;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final Thread thread;
    private final AtomicLong failures = new AtomicLong();
    /** Behind what has been published. */
    private volatile Spool.Mark at;

    private volatile boolean failing;
    private volatile boolean closed;
    private volatile boolean drained;

    private enum Appended {
        TAKEN("-"),
        FULL("spool_full"),
        DISK("disk_full"),
        FAILED("spool_failed"),
        CLOSING("closing");

        private final String reason;

        Appended(String reason) {
            this.reason = reason;
        }
    }

    /**
     * @throws UnavailableException when the folder cannot be used
     */
    public SpooledFlows(KafkaConfig kafka, SpoolConfig config, InstantSource clock, IngestMetrics metrics) {
        Path path = folder(config);
        try {
            this.spool = Spool.open(path, config.maxBytes());
            this.disk = DiskRoom.of(path, config.keepFree());
        } catch (IOException e) {
            throw new UnavailableException(path + ": cannot be used as a spool: " + e.getMessage()
                    + "; choose another with ingest.spool.path");
        }
        this.config = config;
        this.clock = clock;
        this.metrics = metrics;
        this.transactions = new FlowTransactions(kafka, "weir-spool-" + spool.id(), KIND, metrics);
        this.thread = new Thread(this::run, "weir-spool");
        this.at = spool.first();
        metrics.spoolBytes.setChild(new Gauge.Child() {
            @Override
            public double get() {
                return spool.bytesBehind(at);
            }
        });
        metrics.diskRoom.setChild(new Gauge.Child() {
            @Override
            public double get() {
                return disk.room();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether an earlier run has left a spool. */
    public static boolean isThereAlready(SpoolConfig config) {
        return Spool.isThere(folder(config));
    }

    private static Path folder(SpoolConfig config) {
        return Path.of(config.path() == null ? SpoolConfig.DEFAULT_PATH : config.path());
    }

    /** Takes a flow without waiting; false, and counted, when there is no room. */
    public boolean offer(String collector, Flow flow) {
        Appended appended = append(Outgoing.of(collector, flow));
        if (appended != Appended.TAKEN) {
            lost(collector, appended.reason, 1);
        }
        return appended == Appended.TAKEN;
    }

    /** Takes a flow, and waits for room as long as that takes; false, and counted, when this is closed meanwhile. */
    public boolean put(String collector, Flow flow) {
        Outgoing outgoing = Outgoing.of(collector, flow);
        try {
            while (append(outgoing) != Appended.TAKEN) {
                if (closed) {
                    lost(collector, Appended.CLOSING.reason, 1);
                    return false;
                }
                Thread.sleep(ROOM_WAIT_MS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lost(collector, Appended.CLOSING.reason, 1);
            return false;
        }
    }

    /** Whether so many bytes more would find room; not while the disk takes none. */
    public boolean hasRoom(long bytes) {
        return !closed && isWritable() && spool.bytes() + bytes <= config.maxBytes();
    }

    /** Whether the disk would have only what is kept free, or less, with so many bytes more. */
    public boolean isDiskLow(long bytes) {
        return disk.room() < bytes;
    }

    /** After a failure, whether what could not be written then can be now. */
    private boolean isWritable() {
        if (failing) {
            try {
                spool.flush();
                failing = false;
            } catch (IOException e) {
                LOG.debug("the spool still cannot be written: {}", e.getMessage());
            }
        }
        return !failing;
    }

    /** Returns when all that was taken before is on disk, so that it can be acknowledged to whoever sent it. */
    public void sync() throws IOException {
        spool.sync();
    }

    /** Publishes what is spooled, for ten seconds at most; the rest stays on disk for the next start. */
    @Override
    public void close() {
        closed = true;
        try {
            long deadline = System.nanoTime() + CLOSE_WAIT.toNanos();
            while (!drained && thread.isAlive() && System.nanoTime() < deadline) {
                Thread.sleep(IDLE_MS);
            }
            transactions.close();
            thread.interrupt();
            thread.join(CLOSE_WAIT.toMillis());
            spool.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("the spool could not be closed", e);
        }
    }

    private Appended append(Outgoing flow) {
        if (closed) {
            return Appended.CLOSING;
        }
        if (disk.room() < 0) {
            return Appended.DISK;
        }
        try {
            boolean taken = spool.append(flow);
            failing = false;
            return taken ? Appended.TAKEN : Appended.FULL;
        } catch (IOException e) {
            failing = true;
            if (failures.getAndIncrement() % LOG_EVERY == 0) {
                LOG.error("the spool cannot be written, {} times so far: {}", failures.get(), e.getMessage());
            }
            return Appended.FAILED;
        }
    }

    private void run() {
        try {
            String source = KIND + ":" + spool.id();
            Position before = transactions.position(source);
            at = before == null ? spool.first() : new Spool.Mark(Long.parseLong(before.file(), 16), before.offset());
            while (!drained && !Thread.currentThread().isInterrupted()) {
                at = step(at, source);
            }
        } catch (InterruptedException e) {
            LOG.debug("stopped");
        }
    }

    /** Publishes a batch; what goes wrong with the disk is tried again. */
    private Spool.Mark step(Spool.Mark from, String source) throws InterruptedException {
        try {
            Spool.Mark at = expired(from);
            Spool.Batch batch = spool.read(at, BATCH_FLOWS, BATCH_BYTES);
            if (batch.damaged() > 0) {
                LOG.error("{} bytes of the spool are torn, damaged or gone and were passed over", batch.damaged());
                metrics.spoolDamaged.inc(batch.damaged());
            }
            if (!batch.flows().isEmpty()) {
                Position position = new Position(
                        source,
                        Long.toHexString(batch.next().segment()),
                        batch.next().offset(),
                        List.of());
                if (!transactions.publish(batch.flows(), position)) {
                    throw new InterruptedException("closed");
                }
            } else if (closed) {
                drained = true;
            }
            spool.release(batch.next());
            if (batch.flows().size() < BATCH_FLOWS / 2 && !closed) {
                Thread.sleep(batch.flows().isEmpty() ? IDLE_MS : LINGER_MS);
            }
            return batch.next();
        } catch (IOException | RuntimeException e) {
            LOG.error("the spool cannot be read, trying again", e);
            Thread.sleep(AGAIN_MS);
            return from;
        }
    }

    /** Passes over what has waited too long, file by file, and counts it. */
    private Spool.Mark expired(Spool.Mark at) throws IOException {
        Spool.Mark mark = at;
        Long oldest = spool.oldestMs();
        while (oldest != null && oldest < clock.millis() - config.maxAge().toMillis()) {
            long segment = Math.max(mark.segment(), spool.first().segment());
            Spool.Mark from = segment == mark.segment() ? mark : new Spool.Mark(segment, 0);
            Spool.Batch batch = spool.read(from, BATCH_FLOWS, BATCH_BYTES);
            batch.flows().forEach(flow -> lost(flow.collector(), "spool_expired", 1));
            if (batch.flows().isEmpty() && batch.next().equals(mark)) {
                return mark;
            }
            mark = batch.next();
            spool.release(mark);
            oldest = spool.oldestMs();
        }
        return mark;
    }

    private void lost(String collector, String reason, int flows) {
        metrics.flowsLost.labels(collector, reason).inc(flows);
    }
}
