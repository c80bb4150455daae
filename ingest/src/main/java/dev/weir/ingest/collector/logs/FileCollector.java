package dev.weir.ingest.collector.logs;

import dev.weir.common.Backoff;
import dev.weir.common.LogLimit;
import dev.weir.common.Worker;
import dev.weir.common.config.ConfigException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.RecordCounts;
import dev.weir.ingest.publish.BatchPublisher;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.ingest.publish.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the flows of one file and follows it as it grows. If the file is replaced under its name, it is read to its
 * end, then the new one from its start. After a restart or a failure, reading continues where the last committed
 * transaction ended. Standard input cannot be read again: after a failure, reading continues with the next line.
 */
public final class FileCollector implements Collector {
    public static final String KIND = "logs";
    public static final String STANDARD_INPUT = "-";

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(30));
    /** The number of failures in a row of which one is logged. */
    private static final int LOG_EVERY = 20;

    private static final Logger LOG = LoggerFactory.getLogger(FileCollector.class);

    private final String path;
    private final boolean follow;
    private final @Nullable String format;
    private final Function<FlowSink, FlowPipeline> pipelines;
    private final BatchPublisher publisher;
    private final IngestMetrics metrics;
    private final RecordCounts counts;
    private final Worker worker;
    /** The open file; null before it is opened, and after a failure. */
    private @Nullable FileReading reading;

    private LogLimit failures = new LogLimit(LOG_EVERY);
    private boolean isFailing;
    private volatile boolean closed;

    /**
     * Creates the collector; it reads from {@link #start()} on.
     *
     * @param path file, or {@link #STANDARD_INPUT}
     * @param follow true to read on as the file grows
     * @param format name of the format; null to detect it by the lines
     * @param pipelines makes a pipeline that ends in a sink; it goes by event time
     */
    public FileCollector(
            String path,
            boolean follow,
            @Nullable String format,
            Function<FlowSink, FlowPipeline> pipelines,
            BatchPublisher publisher,
            IngestMetrics metrics) {
        this(path, follow, format, pipelines, publisher, metrics, BACKOFF);
    }

    FileCollector(
            String path,
            boolean follow,
            @Nullable String format,
            Function<FlowSink, FlowPipeline> pipelines,
            BatchPublisher publisher,
            IngestMetrics metrics,
            Backoff backoff) {
        this.path = path;
        this.follow = follow && !path.equals(STANDARD_INPUT);
        this.format = format;
        this.pipelines = pipelines;
        this.publisher = publisher;
        this.metrics = metrics;
        this.counts = new RecordCounts(KIND, metrics, LOG);
        this.worker = new Worker("weir-file-" + path, this::step, backoff, this::failed).endingWith(this::closeReading);
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
        worker.start();
    }

    @Override
    public void close() {
        closed = true;
        publisher.close();
        worker.close();
    }

    private @Nullable Duration step() throws IOException, InterruptedException {
        try {
            return readBatch();
        } catch (IOException e) {
            if (closed || !isStandardInput()) {
                throw e;
            }
            LOG.error("{}: reading failed: {}; the flows in the rest of it are lost", path, e.getMessage());
            return null;
        }
    }

    /** Reads and publishes a batch; returns null if there will be no more. */
    private @Nullable Duration readBatch() throws IOException, InterruptedException {
        FileReading current = reading == null ? open() : reading;
        reading = current;
        if (closed || current == null) {
            return POLL;
        }
        if (current.isEnded()) {
            boolean isReplaced = current.isReplaced();
            reading = isReplaced ? null : current;
            return isReplaced ? Duration.ZERO : POLL;
        }
        current.read(POLL);
        boolean isIdle = current.isIdle();
        if (!current.publish(publisher)) {
            return null;
        }
        succeeded();
        if (current.isEnded()) {
            current.close();
            return follow ? Duration.ZERO : null;
        }
        return isIdle ? POLL : Duration.ZERO;
    }

    /** Opens the file at its position; returns null if there is no such file now. */
    private @Nullable FileReading open() throws IOException, InterruptedException {
        if (isStandardInput()) {
            Position start = new Position("stdin:" + UUID.randomUUID(), "stdin", 0, List.of());
            return new FileReading(LineSource.of("standard input", System.in), flows(), pipelines, start, null);
        }
        Path file = Path.of(path).toAbsolutePath();
        String identity = FileReading.identity(file);
        if (identity == null) {
            return null;
        }
        String source = "file:" + file;
        Position before = publisher.position(source);
        long offset = before != null && before.file().equals(identity) ? before.offset() : 0;
        if (offset > Files.size(file) && !isGzip(file)) {
            LOG.warn("{} is shorter than when it was last read; reading it from the start", file);
            offset = 0;
        }
        if (!isFailing) {
            LOG.info("{}: reading from byte {}", file, offset);
        }
        FlowLines flows = flows();
        if (offset > 0) {
            try (LineSource start = LineSource.open(file, 0)) {
                flows.readHeader(start, offset);
            }
        }
        Position at = new Position(source, identity, offset, before == null ? List.of() : before.waiting());
        LineSource lines = LineSource.open(file, offset);
        try {
            return new FileReading(lines, flows, pipelines, at, follow ? file : null);
        } catch (RuntimeException e) {
            lines.close();
            throw e;
        }
    }

    private void succeeded() {
        if (isFailing) {
            LOG.info("{}: reading works again", path);
            isFailing = false;
            failures = new LogLimit(LOG_EVERY);
        }
    }

    /** Drops the flows that are read and not published; they are read again, except from standard input. */
    private void failed(Exception failure, Duration pause) {
        if (closed) {
            return;
        }
        metrics.readFailures.labels(KIND).inc();
        isFailing = true;
        String place = reading == null ? path : path + ": after byte " + reading.offset();
        failures.count(number -> {
            if (failure instanceof IOException) {
                LOG.warn(
                        "{}: reading failed: {}; make the file readable, or take it out of ingest.logs.paths; next attempt in {} ms",
                        place,
                        failure.toString(),
                        pause.toMillis());
            } else {
                LOG.error(
                        "{}: reading failed by a defect of Weir; {}; next attempt in {} ms",
                        place,
                        isStandardInput()
                                ? "the flow of the line before this place may be lost"
                                : "no flow after this place is published before an attempt succeeds",
                        pause.toMillis(),
                        failure);
            }
        });
        if (!isStandardInput()) {
            closeReading();
        }
    }

    private void closeReading() {
        FileReading last = reading;
        reading = null;
        try {
            if (last != null) {
                last.close();
            }
        } catch (IOException e) {
            LOG.debug("{}: closing failed: {}", path, e.getMessage());
        }
    }

    private boolean isStandardInput() {
        return path.equals(STANDARD_INPUT);
    }

    private FlowLines flows() {
        return new FlowLines(path, format, this::report, counts::skipped);
    }

    private void report(FlowLines.Problem problem) {
        counts.rejected(problem.format());
        LOG.warn("logs: {}; the line is rejected", problem.message());
    }

    private static boolean isGzip(Path file) throws IOException {
        try (LineSource lines = LineSource.open(file, 0)) {
            return lines.gzip();
        }
    }
}
