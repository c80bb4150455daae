package dev.weir.ingest.publish;

import dev.weir.common.Backoff;
import dev.weir.common.LogLimit;
import dev.weir.common.Worker;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes flows from sources that cannot be read again. They go to a spool on disk first and from there to Kafka, in
 * order, each batch in one transaction with the position after it. An unreachable Kafka only fills the spool, and flows
 * left in it when the process dies are published by the next one, once. Flows that find no room or grow too old are
 * counted as lost.
 */
public final class SpooledFlows implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpooledFlows.class);
    private static final int BATCH_FLOWS = 10_000;
    private static final long BATCH_BYTES = 4 << 20;
    /** The pause while there are no flows; the first one ends it. */
    private static final Duration IDLE = Duration.ofSeconds(1);
    /** The pause between transactions with few flows, in milliseconds. */
    private static final Duration LINGER = Duration.ofMillis(80);

    private static final Backoff BACKOFF = Backoff.constant(Duration.ofSeconds(1));
    private static final int LOG_EVERY = 10_000;
    /** The pause between two attempts to add a flow, in milliseconds; no event reports that the disk has room again. */
    private static final long ROOM_WAIT_MS = 20;

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);
    private static final String KIND = "spool";

    private final Spool spool;
    private final SpoolConfig config;
    private final FlowTransactions transactions;
    private final DiskGuard disk;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final Worker worker;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final LogLimit failures = new LogLimit(LOG_EVERY);
    /** The place after the last published flow. */
    private volatile Spool.Mark at;

    private volatile boolean failing;
    /** True while the worker waits for flows. */
    private volatile boolean isIdle;

    private final String source;
    private boolean isPlaced;

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
     * Opens the spool; publishing starts with {@code start}.
     *
     * @throws UnavailableException if the folder cannot be used
     */
    public SpooledFlows(KafkaConfig kafka, SpoolConfig config, InstantSource clock, IngestMetrics metrics) {
        Path path = folder(config);
        try {
            this.spool = Spool.open(path, config.maxBytes());
            this.disk = DiskGuard.of(path, config.keepFree());
        } catch (IOException e) {
            throw new UnavailableException(path + ": cannot be used as a spool: " + e.getMessage()
                    + "; choose another with ingest.spool.path");
        }
        this.config = config;
        this.clock = clock;
        this.metrics = metrics;
        this.transactions = new FlowTransactions(kafka, "weir-spool-" + spool.id(), KIND, metrics);
        this.source = KIND + ":" + spool.id();
        this.worker = new Worker(
                "weir-spool",
                this::step,
                BACKOFF,
                (failure, pause) ->
                        LOG.error("reading the spool failed; next attempt in {} ms", pause.toMillis(), failure));
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
        worker.start();
    }

    /** Returns true if an earlier run has left a spool. */
    public static boolean isThereAlready(SpoolConfig config) {
        return Spool.isThere(folder(config));
    }

    private static Path folder(SpoolConfig config) {
        return Path.of(config.path() == null ? SpoolConfig.DEFAULT_PATH : config.path());
    }

    /** Adds a flow without waiting; false, and counted, if there is no room. */
    public boolean offer(String collector, Flow flow) {
        Appended appended = append(Outgoing.of(collector, flow));
        if (appended != Appended.TAKEN) {
            lost(collector, appended.reason, 1);
        }
        return appended == Appended.TAKEN;
    }

    /** Adds a flow and waits for room as long as necessary; false, and counted, if this is closed meanwhile. */
    public boolean put(String collector, Flow flow) {
        Outgoing outgoing = Outgoing.of(collector, flow);
        try {
            while (append(outgoing) != Appended.TAKEN) {
                if (isClosed()) {
                    lost(collector, Appended.CLOSING.reason, 1);
                    return false;
                }
                boolean unusedClosed = closing.await(ROOM_WAIT_MS, TimeUnit.MILLISECONDS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lost(collector, Appended.CLOSING.reason, 1);
            return false;
        }
    }

    /** Returns true if there is room for so many bytes; false while the disk cannot be written. */
    public boolean hasRoom(long bytes) {
        return !isClosed() && isWritable() && spool.bytes() + bytes <= config.maxBytes();
    }

    /** Returns true if so many bytes more would leave no more than the space that is kept free. */
    public boolean isDiskLow(long bytes) {
        return disk.room() < bytes;
    }

    /** Returns true if the disk can be written again after a failure. */
    private boolean isWritable() {
        if (failing) {
            try {
                spool.flush();
                failing = false;
            } catch (IOException e) {
                LOG.debug("writing the spool still fails: {}", e.getMessage());
            }
        }
        return !failing;
    }

    /** Returns when all flows added before are on disk, so that their sender can be sent an acknowledgement. */
    public void sync() throws IOException {
        spool.sync();
    }

    /** Publishes the spool for at most ten seconds; the rest stays on disk for the next start. */
    @Override
    public void close() {
        closing.countDown();
        worker.wake();
        worker.awaitEnd(CLOSE_WAIT);
        transactions.close();
        worker.close(CLOSE_WAIT);
        try {
            spool.close();
        } catch (IOException e) {
            LOG.error("closing the spool failed; the flows of the last second may be lost", e);
        }
    }

    private Appended append(Outgoing flow) {
        if (isClosed()) {
            return Appended.CLOSING;
        }
        if (disk.room() < 0) {
            return Appended.DISK;
        }
        try {
            boolean taken = spool.append(flow);
            failing = false;
            if (isIdle) {
                isIdle = false;
                worker.wake();
            }
            return taken ? Appended.TAKEN : Appended.FULL;
        } catch (IOException e) {
            failing = true;
            failures.count(number -> LOG.error(
                    "writing the spool failed, {} times so far, and flows are refused until the disk has room again: {}",
                    number,
                    e.getMessage()));
            return Appended.FAILED;
        }
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    /** Publishes a batch; returns null if there will be no more. */
    private @Nullable Duration step() throws IOException, InterruptedException {
        isIdle = false;
        if (!isPlaced) {
            Position before = transactions.position(source);
            at = before == null ? spool.first() : new Spool.Mark(Long.parseLong(before.file(), 16), before.offset());
            isPlaced = true;
        }
        // Known before the spool is read, since flows may be added until then.
        boolean isLast = isClosed();
        Spool.Batch batch = spool.read(expired(at), BATCH_FLOWS, BATCH_BYTES);
        if (batch.damaged() > 0) {
            LOG.error("{} bytes of the spool are torn, damaged or missing; their flows are lost", batch.damaged());
            metrics.spoolDamaged.inc(batch.damaged());
        }
        if (!batch.flows().isEmpty()) {
            Position position = new Position(
                    source,
                    Long.toHexString(batch.next().segment()),
                    batch.next().offset(),
                    List.of());
            if (!transactions.publish(batch.flows(), position)) {
                return null;
            }
        }
        spool.release(batch.next());
        at = batch.next();
        if (isLast && batch.flows().isEmpty()) {
            return null;
        }
        if (isLast || batch.flows().size() >= BATCH_FLOWS / 2) {
            return Duration.ZERO;
        }
        if (!batch.flows().isEmpty()) {
            return LINGER;
        }
        // From here on the next flow wakes the worker; one that came since the spool was read is there already.
        isIdle = true;
        return spool.bytesBehind(at) > 0 ? LINGER : IDLE;
    }

    /** Skips files whose flows have waited too long, and counts the flows. */
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
