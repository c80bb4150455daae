package dev.weir.ingest.collector.logs;

import dev.weir.model.Flow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The time that files of flows span, by their first and last lines. Only those are decoded, so that it is known soon.
 */
public final class RecordedSpan {
    /** The lines of a file that may be needed to find its first flow, or its last. */
    private static final int MAX_EDGE_LINES = 64;

    private long firstMs = Long.MAX_VALUE;
    private long lastMs = Long.MIN_VALUE;

    private RecordedSpan() {}

    /**
     * Reads the files once.
     *
     * @return null if it cannot be known: there is no flow, or one of the files is standard input or cannot be read
     */
    public static @Nullable Duration of(List<String> paths) {
        RecordedSpan span = new RecordedSpan();
        try {
            for (String path : paths) {
                if (path.equals(FileCollector.STANDARD_INPUT)) {
                    return null;
                }
                span.read(path);
            }
        } catch (IOException e) {
            // The reader of the flows reports it.
            return null;
        }
        return span.firstMs > span.lastMs ? null : Duration.ofMillis(span.lastMs - span.firstMs);
    }

    private void read(String path) throws IOException {
        FlowLines flows = new FlowLines(path, null, problem -> {}, format -> {});
        Deque<LineSource.Line> last = new ArrayDeque<>();
        try (LineSource lines = LineSource.open(Path.of(path), 0)) {
            int first = 0;
            for (LineSource.Line line = lines.next(); line != null; line = lines.next()) {
                if (first < MAX_EDGE_LINES) {
                    first = add(flows.flow(line)) ? MAX_EDGE_LINES : first + 1;
                    continue;
                }
                if (last.size() == MAX_EDGE_LINES) {
                    last.removeFirst();
                }
                last.addLast(line);
            }
            LineSource.Line rest = lines.last();
            if (rest != null) {
                last.addLast(rest);
            }
        }
        last.forEach(line -> add(flows.flow(line)));
    }

    private boolean add(@Nullable Flow flow) {
        if (flow == null) {
            return false;
        }
        firstMs = Math.min(firstMs, flow.startMs());
        lastMs = Math.max(lastMs, flow.endMs());
        return true;
    }
}
