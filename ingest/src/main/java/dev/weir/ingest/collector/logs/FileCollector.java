package dev.weir.ingest.collector.logs;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.RecordCounts;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.ingest.publish.FlowTransactions;
import dev.weir.ingest.publish.Outgoing;
import dev.weir.ingest.publish.Position;
import dev.weir.model.Flow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the flows of one file and follows it as it grows. If the file is replaced under its name, it is read to its
 * end, then the new one from its start. After a restart reading continues where the last committed transaction ended.
 */
public final class FileCollector implements Collector {
    public static final String KIND = "logs";
    public static final String STANDARD_INPUT = "-";

    /** Lines in one transaction. */
    private static final int BATCH_LINES = 5_000;

    /**
     * The number of records that may wait for their other half beyond a transaction. They are kept in its position,
     * which must fit into a Kafka record.
     */
    private static final int MAX_HALVES = 500;

    private static final long POLL_MS = 200;
    private static final Logger LOG = LoggerFactory.getLogger(FileCollector.class);

    private final String path;
    private final boolean follow;
    private final @Nullable String format;
    private final FlowPipeline pipeline;
    /** Flows that have passed the pipeline and belong to the next transaction. */
    private final List<Outgoing> ready = new ArrayList<>();

    private final FlowTransactions transactions;
    private final RecordCounts counts;
    private final Thread thread;

    private volatile boolean closed;

    /**
     * Creates the collector; it reads from {@link #start()} on.
     *
     * @param path file, or {@link #STANDARD_INPUT}
     * @param follow true to read on as the file grows
     * @param format name of the format; null to detect it by the lines
     * @param pipeline makes the pipeline that ends in a sink; it goes by event time
     */
    public FileCollector(
            String path,
            boolean follow,
            @Nullable String format,
            Function<FlowSink, FlowPipeline> pipeline,
            FlowTransactions transactions,
            IngestMetrics metrics) {
        this.path = path;
        this.follow = follow;
        this.format = format;
        this.pipeline = pipeline.apply((kind, flow) -> ready.add(Outgoing.of(kind, flow)));
        this.transactions = transactions;
        this.counts = new RecordCounts(KIND, metrics, LOG);
        this.thread = new Thread(this::run, "weir-file-" + path);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void start() {
        boolean canWait = follow || path.equals(STANDARD_INPUT);
        if (!canWait && !Files.isReadable(Path.of(path))) {
            throw new ConfigException(path + ": there is no such file, or it may not be read");
        }
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        transactions.close();
        thread.interrupt();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            if (path.equals(STANDARD_INPUT)) {
                read(null, LineSource.of("standard input", System.in), "stdin:" + UUID.randomUUID(), "stdin", false);
            } else {
                readFiles(Path.of(path).toAbsolutePath());
            }
        } catch (InterruptedException e) {
            LOG.debug("{}: stopped", path);
        } catch (IOException e) {
            LOG.error("{}: reading failed: {}; the flows in the rest of the file are lost", path, e.getMessage());
        }
    }

    /**
     * Reads one file after the other under the same name. An error while a file is replaced is followed by another
     * attempt.
     */
    private void readFiles(Path file) throws IOException, InterruptedException {
        String source = "file:" + file;
        do {
            try {
                String identity = identity(file);
                if (identity == null) {
                    Thread.sleep(POLL_MS);
                } else {
                    readFile(file, source, identity);
                }
            } catch (IOException e) {
                if (!follow) {
                    throw e;
                }
                LOG.warn("{}: reading failed: {}; next attempt in {} ms", path, e.toString(), POLL_MS);
                Thread.sleep(POLL_MS);
            }
        } while (follow && !closed);
    }

    private void readFile(Path file, String source, String identity) throws IOException, InterruptedException {
        Position before = transactions.position(source);
        Position at = before != null && before.file().equals(identity)
                ? before
                : new Position(source, identity, 0, List.of());
        long offset = at.offset();
        if (offset > Files.size(file) && !isGzip(file)) {
            LOG.warn("{} is shorter than when it was last read; reading it from the start", file);
            offset = 0;
        }
        if (offset > 0) {
            pipeline.restore(at.waiting());
        }
        LOG.info("{}: reading from byte {}", file, offset);
        read(file, LineSource.open(file, offset), source, identity, follow);
    }

    /**
     * Reads a file to its end, or while it grows.
     *
     * @param file source of the lines; null for standard input
     */
    private void read(@Nullable Path file, LineSource lines, String source, String identity, boolean growing)
            throws IOException, InterruptedException {
        FlowLines flows = new FlowLines(path, format, this::report, counts::skipped);
        if (lines.offset() > 0 && file != null) {
            try (LineSource start = LineSource.open(file, 0)) {
                flows.readHeader(start, lines.offset());
            }
        }
        long offset = lines.offset();
        boolean gzip = lines.gzip();
        try (lines) {
            boolean more = true;
            while (more && !closed) {
                Batch batch = new Batch(source, identity, offset);
                try {
                    more = fill(batch, lines, flows, growing && !gzip);
                } catch (LineSource.TruncatedException e) {
                    LOG.error("{}; what came before is published", e.getMessage());
                    more = false;
                }
                batch.publish(!more);
                offset = batch.offset;
            }
        }
        if (growing && !closed) {
            awaitOtherFile(Path.of(path).toAbsolutePath(), identity, gzip ? 0 : offset);
        }
    }

    /** Fills a batch; returns false if nothing more will come from this file. */
    private boolean fill(Batch batch, LineSource lines, FlowLines flows, boolean growing)
            throws IOException, InterruptedException {
        long idleMs = 0;
        boolean replaced = false;
        while (batch.lines < BATCH_LINES) {
            LineSource.Line line = lines.next();
            if (line != null) {
                batch.add(line, flows);
                continue;
            }
            if (!growing || replaced) {
                LineSource.Line last = lines.last();
                if (last != null) {
                    batch.add(last, flows);
                }
                return false;
            }
            if (batch.lines > 0) {
                return true;
            }
            // Lines that were written just before the file was replaced are read before it is left.
            replaced = isOtherFile(Path.of(path).toAbsolutePath(), batch.identity, lines.offset());
            if (!replaced
                    && idleMs >= pipeline.pairWindowMs()
                    && !pipeline.waiting().isEmpty()) {
                batch.releaseHalves = true;
                return true;
            }
            if (!replaced) {
                Thread.sleep(POLL_MS);
                idleMs += POLL_MS;
            }
        }
        return true;
    }

    private void awaitOtherFile(Path file, String identity, long offset) throws IOException, InterruptedException {
        while (!closed && !isOtherFile(file, identity, offset)) {
            Thread.sleep(POLL_MS);
        }
    }

    /** True if another file has this name now, or the same file has been truncated. */
    private static boolean isOtherFile(Path file, String identity, long offset) throws IOException {
        String now = identity(file);
        return now != null && (!now.equals(identity) || Files.size(file) < offset);
    }

    /** The lines of one transaction. Records that still wait for their other half go into its position. */
    private final class Batch {
        private final String source;
        private final String identity;
        private int lines;
        private long offset;
        private boolean releaseHalves;

        Batch(String source, String identity, long offset) {
            this.source = source;
            this.identity = identity;
            this.offset = offset;
        }

        void add(LineSource.Line line, FlowLines flows) {
            lines++;
            offset = line.offset();
            Flow flow = flows.flow(line);
            if (flow != null) {
                pipeline.accept(flow);
            }
        }

        void publish(boolean last) throws InterruptedException {
            if (last || releaseHalves || pipeline.waiting().size() > MAX_HALVES) {
                pipeline.flush();
            }
            if (lines == 0 && ready.isEmpty()) {
                return;
            }
            List<Outgoing> outgoing = List.copyOf(ready);
            ready.clear();
            transactions.publish(outgoing, new Position(source, identity, offset, pipeline.waiting()));
        }
    }

    private void report(FlowLines.Problem problem) {
        counts.rejected(problem.format());
        LOG.warn("{}", problem.message());
    }

    private static boolean isGzip(Path file) throws IOException {
        try (LineSource lines = LineSource.open(file, 0)) {
            return lines.gzip();
        }
    }

    /** Returns a value that differs between files of the same name; null if there is no such file. */
    private static @Nullable String identity(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return null;
        }
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file.toString() : key.toString();
    }
}
