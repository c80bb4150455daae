package dev.weir.ingest.collector.logs;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.IngestConfig;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.orientation.Deduplicator;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowCodec;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over the flows of files, read once from start to end, as values of {@code weir.flows}. Memory use does not
 * grow with the files.
 */
public final class FlowFiles implements Iterator<byte[]>, AutoCloseable {
    private final Iterator<String> files;
    private final @Nullable String format;
    private final @Nullable Deduplicator deduplicator;
    private final @Nullable Orienter orienter;
    private final Consumer<String> problems;
    private final Deque<Flow> ready = new ArrayDeque<>();
    private @Nullable LineSource lines;
    private @Nullable FlowLines flows;
    private long newestMs = Long.MIN_VALUE;
    private boolean flushed;

    /**
     * Opens the files.
     *
     * @param paths files in the order in which they are read, {@code -} for standard input
     * @param deduplicator null to pass every record on
     * @param orienter null to leave records as they are
     * @param format name of the format of all files; null to detect it by the first line of each
     * @param problems receives a message for each line or file that cannot be read
     * @throws ConfigException if a file does not exist
     */
    public FlowFiles(
            List<String> paths,
            @Nullable String format,
            @Nullable Deduplicator deduplicator,
            @Nullable Orienter orienter,
            Consumer<String> problems) {
        for (String path : paths) {
            String problem = problem(path);
            if (problem != null) {
                throw new ConfigException(problem);
            }
        }
        this.files = List.copyOf(paths).iterator();
        this.format = format;
        this.deduplicator = deduplicator;
        this.orienter = orienter;
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
        IngestConfig settings = IngestConfig.defaults();
        IngestMetrics metrics = new IngestMetrics(new CollectorRegistry());
        return new FlowFiles(
                paths,
                null,
                new Deduplicator(settings.duplicateWindow(), settings.duplicateCapacity(), metrics),
                new Orienter(settings.pairWindow(), settings.pairCapacity(), metrics),
                problems);
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && !flushed) {
            advance();
        }
        return !ready.isEmpty();
    }

    @Override
    public byte[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return FlowCodec.encode(ready.removeFirst());
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
                if (orienter != null) {
                    ready.addAll(orienter.flush());
                }
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
            newestMs = Math.max(newestMs, flow.endMs());
            if (deduplicator != null && deduplicator.isDuplicate(flow, null, newestMs)) {
                return;
            }
            if (orienter == null) {
                ready.add(flow);
            } else {
                ready.addAll(orienter.accept(flow, newestMs));
            }
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
