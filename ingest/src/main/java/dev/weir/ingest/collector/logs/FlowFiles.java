package dev.weir.ingest.collector.logs;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.EventClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.model.Flow;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over the flows of files, read once from start to end, as they leave a pipeline. Memory use does not grow
 * with the files.
 */
public final class FlowFiles implements Iterator<Flow>, AutoCloseable {
    private final Iterator<String> files;
    private final @Nullable String format;
    private final FlowPipeline pipeline;
    private final Consumer<String> problems;
    private final Deque<Flow> ready = new ArrayDeque<>();
    private @Nullable LineSource lines;
    private @Nullable FlowLines flows;
    private boolean flushed;
    private @Nullable IngestMetrics metrics;

    /**
     * Opens the files.
     *
     * @param paths files in the order in which they are read, {@code -} for standard input
     * @param format name of the format of all files; null to detect it by the first line of each
     * @param pipeline makes the pipeline that ends in a sink; it goes by event time
     * @param problems receives a message for each line or file that cannot be read
     * @throws ConfigException if a file does not exist
     */
    public FlowFiles(
            List<String> paths,
            @Nullable String format,
            Function<FlowSink, FlowPipeline> pipeline,
            Consumer<String> problems) {
        for (String path : paths) {
            String problem = problem(path);
            if (problem != null) {
                throw new ConfigException(problem);
            }
        }
        this.files = List.copyOf(paths).iterator();
        this.format = format;
        this.pipeline = pipeline.apply((kind, flow) -> ready.add(flow));
        this.problems = problems;
    }

    /**
     * Returns the reason why a file cannot be read: it does not exist, or it is a folder. Null if it can be read, and
     * for standard input.
     */
    public static @Nullable String problem(String path) {
        if (path.equals(FileCollector.STANDARD_INPUT)) {
            return null;
        }
        if (Files.isDirectory(Path.of(path))) {
            return path + ": is a folder; name the files in it";
        }
        return Files.exists(Path.of(path)) ? null : path + ": there is no such file";
    }

    /**
     * Opens files of which every connection counts once, with its halves paired, by the default settings of collectors.
     *
     * @param problems receives a message for each line or file that cannot be read
     * @throws ConfigException if a file does not exist
     */
    public static FlowFiles connections(List<String> paths, Consumer<String> problems) {
        IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());
        FlowFiles files = new FlowFiles(
                paths,
                null,
                sink -> new FlowPipeline(
                        FileCollector.KIND, FlowStages.connections(metrics), new EventClock(), sink, metrics),
                problems);
        files.metrics = metrics;
        return files;
    }

    /** Sentences about the limits of pairing and deduplication that were reached. */
    public List<String> limits() {
        IngestMetrics counted = metrics;
        List<String> limits = new ArrayList<>();
        if (counted != null && counted.orientationEvicted.get() > 0) {
            limits.add((long) counted.orientationEvicted.get()
                    + " records of one direction were released early, since too many waited for the other"
                    + " (weir_ingest_orientation_evicted_total)");
        }
        if (counted != null && counted.reportersEvicted.get() > 0) {
            limits.add((long) counted.reportersEvicted.get()
                    + " directions of connections lost their reporter early, so that duplicates may have passed"
                    + " (weir_ingest_reporters_evicted_total)");
        }
        return limits;
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && !flushed) {
            advance();
        }
        return !ready.isEmpty();
    }

    @Override
    public Flow next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.removeFirst();
    }

    @Override
    public void close() throws IOException {
        if (lines != null) {
            lines.close();
        }
    }

    private void advance() {
        try {
            LineSource open = lines;
            if (open == null && !files.hasNext()) {
                flushed = true;
                pipeline.flush();
                return;
            }
            if (open == null) {
                String path = files.next();
                lines = path.equals(FileCollector.STANDARD_INPUT)
                        ? LineSource.of("standard input", System.in)
                        : LineSource.open(Path.of(path), 0);
                flows = new FlowLines(path, format, problem -> problems.accept(problem.message()), word -> {});
                return;
            }
            LineSource.Line line = open.next();
            if (line == null) {
                take(open.last());
                endFile();
            } else {
                take(line);
            }
        } catch (IOException e) {
            problems.accept(e.getMessage() + "; the flows before this point are analyzed");
            endFile();
        }
    }

    private void take(LineSource.@Nullable Line line) {
        Flow flow = line == null || flows == null ? null : flows.flow(line);
        if (flow != null) {
            pipeline.accept(flow);
        }
    }

    private void endFile() {
        LineSource open = lines;
        lines = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            problems.accept("a file cannot be closed: " + e.getMessage());
        }
    }
}
