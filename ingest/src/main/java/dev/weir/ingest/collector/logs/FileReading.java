package dev.weir.ingest.collector.logs;

import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.publish.BatchPublisher;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.ingest.publish.Outgoing;
import dev.weir.ingest.publish.Position;
import dev.weir.model.Flow;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one file, or standard input, from a position on, in batches. It holds all that is read and not yet published:
 * the flows of the next batch, and the halves of connections that wait, which are a part of the position. For one
 * thread.
 */
final class FileReading implements Closeable {
    /** Lines in one transaction. */
    private static final int BATCH_LINES = 5_000;

    /**
     * The number of records that may wait for their other half beyond a transaction. They are kept in its position,
     * which must fit into a Kafka record.
     */
    private static final int MAX_HALVES = 500;

    private static final Logger LOG = LoggerFactory.getLogger(FileReading.class);

    private final LineSource lines;
    private final FlowLines flows;
    private final FlowPipeline pipeline;
    private final String source;
    private final String identity;
    /** The file, if it may grow or be replaced; else null. */
    private final @Nullable Path followed;
    /** Flows that have passed the pipeline and belong to the next batch. */
    private final List<Outgoing> ready = new ArrayList<>();

    private long offset;
    /** Number of lines in the next batch. */
    private int batched;

    private Duration idle = Duration.ZERO;
    private boolean wasReplaced;
    private boolean isEnded;

    /**
     * Creates the reading.
     *
     * @param lines lines after the position
     * @param pipelines makes the pipeline that ends in a sink
     * @param followed file to be read on as it grows; null to read up to the end
     */
    FileReading(
            LineSource lines,
            FlowLines flows,
            Function<FlowSink, FlowPipeline> pipelines,
            Position at,
            @Nullable Path followed) {
        this.lines = lines;
        this.flows = flows;
        this.pipeline = pipelines.apply((kind, flow) -> ready.add(Outgoing.of(kind, flow)));
        this.source = at.source();
        this.identity = at.file();
        this.offset = at.offset();
        this.followed = followed;
        pipeline.restore(at.waiting());
    }

    /** Returns a value that differs between files of the same name; null if there is no such file. */
    static @Nullable String identity(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return null;
        }
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file.toString() : key.toString();
    }

    /** Returns the number of bytes read, after decompression. */
    long offset() {
        return offset;
    }

    /** Returns true if the end has been reached and nothing more will come from this file. */
    boolean isEnded() {
        return isEnded;
    }

    /** Returns true if the batch has no lines. */
    boolean isIdle() {
        return batched == 0;
    }

    /**
     * Reads the lines of the next batch: as many as there are, up to its size.
     *
     * @param pause time until the next call if there are none
     */
    void read(Duration pause) throws IOException {
        try {
            while (batched < BATCH_LINES && !isEnded) {
                LineSource.Line line = lines.next();
                if (line != null) {
                    add(line);
                } else if (followed == null || lines.gzip() || wasReplaced) {
                    end();
                } else if (batched > 0) {
                    return;
                } else if (isReplaced()) {
                    // Lines that were written just before the file was replaced are read before it is left.
                    wasReplaced = true;
                } else {
                    idle = idle.plus(pause);
                    return;
                }
            }
        } catch (LineSource.TruncatedException e) {
            LOG.error("{}; what came before is published", e.getMessage());
            isEnded = true;
        }
    }

    /** Publishes the batch; returns false if the publisher is closed. */
    boolean publish(BatchPublisher publisher) throws InterruptedException {
        if (isEnded
                || idle.toMillis() >= pipeline.pairWindowMs()
                || pipeline.waiting().size() > MAX_HALVES) {
            pipeline.flush();
        }
        if (batched > 0 || !ready.isEmpty()) {
            Position after = new Position(source, identity, offset, pipeline.waiting());
            if (!publisher.publish(List.copyOf(ready), after)) {
                return false;
            }
            ready.clear();
            batched = 0;
        }
        return true;
    }

    /** Returns true if another file has this one's name now, or this one has been truncated. */
    boolean isReplaced() throws IOException {
        if (followed == null) {
            return false;
        }
        String now = identity(followed);
        return now != null && (!now.equals(identity) || !lines.gzip() && Files.size(followed) < lines.offset());
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }

    private void end() {
        LineSource.Line last = lines.last();
        if (last != null) {
            add(last);
        }
        isEnded = true;
    }

    private void add(LineSource.Line line) {
        batched++;
        idle = Duration.ZERO;
        offset = line.offset();
        Flow flow = flows.flow(line);
        if (flow != null) {
            pipeline.accept(flow);
        }
    }
}
