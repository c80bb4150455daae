package dev.weir.ingest.publish;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import dev.weir.model.config.KafkaConfig;
import dev.weir.model.config.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
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

    private static final long ROOM_WAIT_MS = 20;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);
    private static final String KIND = "spool";

    private final Spool spool;
    private final SpoolConfig config;
    private final FlowTransactions transactions;
    private final InstantSource clock;
    private final IngestMetrics metrics;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean drained;

    /**
     * @throws UnavailableException when the folder cannot be used
     */
    public SpooledFlows(KafkaConfig kafka, SpoolConfig config, InstantSource clock, IngestMetrics metrics) {
        String path = config.path() == null ? SpoolConfig.DEFAULT_PATH : config.path();
        try {
            this.spool = Spool.open(Path.of(path), config.maxBytes());
        } catch (IOException e) {
            throw new UnavailableException(path + ": cannot be used as a spool: " + e.getMessage()
                    + "; choose another with ingest.spool.path");
        }
        this.config = config;
        this.clock = clock;
        this.metrics = metrics;
        this.transactions = new FlowTransactions(kafka, "weir-spool-" + spool.id(), KIND, metrics);
        this.thread = new Thread(this::run, "weir-spool");
        metrics.spoolBytes.set(spool.bytes());
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes a flow without waiting; false, and counted, when there is no room. */
    public boolean offer(String collector, Flow flow) {
        boolean taken = append(Outgoing.of(collector, flow));
        if (!taken) {
            lost(collector, closed ? "closing" : "spool_full", 1);
        }
        return taken;
    }

    /** Takes a flow, and waits for room as long as that takes; false, and counted, when this is closed meanwhile. */
    public boolean put(String collector, Flow flow) {
        Outgoing outgoing = Outgoing.of(collector, flow);
        try {
            while (!append(outgoing)) {
                if (closed) {
                    lost(collector, "closing", 1);
                    return false;
                }
                Thread.sleep(ROOM_WAIT_MS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lost(collector, "closing", 1);
            return false;
        }
    }

    /** Whether so many bytes more would find room. */
    public boolean hasRoom(long bytes) {
        return !closed && spool.bytes() + bytes <= config.maxBytes();
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

    private boolean append(Outgoing flow) {
        if (closed) {
            return false;
        }
        try {
            return spool.append(flow);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run() {
        try {
            String source = KIND + ":" + spool.id();
            Position before = transactions.position(source);
            Spool.Mark at =
                    before == null ? spool.first() : new Spool.Mark(Long.parseLong(before.file(), 16), before.offset());
            while (!Thread.currentThread().isInterrupted()) {
                at = expired(at);
                Spool.Batch batch = spool.read(at, BATCH_FLOWS, BATCH_BYTES);
                if (batch.damaged() > 0) {
                    LOG.error("{} bytes of the spool are torn or damaged and were passed over", batch.damaged());
                    metrics.spoolDamaged.inc(batch.damaged());
                }
                if (!batch.flows().isEmpty()) {
                    Position position = new Position(
                            source,
                            Long.toHexString(batch.next().segment()),
                            batch.next().offset(),
                            List.of());
                    if (!transactions.publish(batch.flows(), position)) {
                        return;
                    }
                } else if (closed) {
                    drained = true;
                    return;
                }
                at = batch.next();
                spool.release(at);
                metrics.spoolBytes.set(spool.bytes());
                if (batch.flows().size() < BATCH_FLOWS / 2 && !closed) {
                    Thread.sleep(batch.flows().isEmpty() ? IDLE_MS : LINGER_MS);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("stopped");
        } catch (IOException | RuntimeException e) {
            LOG.error("the spool can be read no further; flows are kept in it until the next start", e);
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
