package dev.weir.ingest.collector.logs;

import dev.weir.ingest.format.LineFormat;
import dev.weir.ingest.format.LineFormats;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.FlowCodec;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lines of one file as flows. Unless the format is given, the first line that tells it tells it for all. */
public final class FlowLines {
    /** Lines at the beginning of a file that may be its header. */
    private static final int MAX_HEADER = 32;

    private static final Set<String> PROCESSES = Set.of("envoy", "ztunnel");

    private final ContainerLog container = new ContainerLog();
    private final String name;
    private final Consumer<Problem> problems;
    private final Consumer<String> skipped;
    private @Nullable LineFormat format;
    private LineFormat.@Nullable Reader reader;
    private long number;

    /** A line that is no flow: {@code file:line: field: reason}. */
    public record Problem(String format, String message) {}

    /**
     * @param format name of the format; null to tell it by the lines
     * @param skipped takes the format's name for each line that is in order and holds no flow
     */
    public FlowLines(String name, @Nullable String format, Consumer<Problem> problems, Consumer<String> skipped) {
        this.name = name;
        this.problems = problems;
        this.skipped = skipped;
        LineFormat known = format == null ? null : LineFormats.named(format);
        if (known != null) {
            use(known);
        }
    }

    /** Reads a file's first lines up to an offset for what they tell of the columns of those behind it. */
    void readHeader(LineSource lines, long offset) throws IOException {
        for (int i = 0; i < MAX_HEADER; i++) {
            LineSource.Line line = lines.next();
            if (line == null || line.offset() > offset) {
                return;
            }
            byte[] bytes = line.bytes();
            if (bytes != null && !isBlank(bytes)) {
                try {
                    parse(bytes);
                } catch (InvalidRecordException e) {
                    // It was reported when it was read first.
                    continue;
                }
            }
        }
    }

    /** The line's flow; null when it holds none, which is reported unless that is in order. */
    public @Nullable Flow flow(LineSource.Line line) {
        number++;
        byte[] bytes = line.bytes();
        if (bytes == null) {
            report("is longer than " + LineSource.MAX_LINE + " bytes");
            return null;
        }
        if (isBlank(bytes)) {
            return null;
        }
        try {
            Flow flow = parse(bytes);
            if (flow == null) {
                skipped.accept(word());
            } else if (bytes.length > FlowCodec.MAX_BYTES && FlowCodec.encode(flow).length > FlowCodec.MAX_BYTES) {
                throw new InvalidRecordException("flow", "takes more than " + FlowCodec.MAX_BYTES + " bytes");
            }
            return flow;
        } catch (InvalidRecordException e) {
            report(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private @Nullable Flow parse(byte[] line) {
        // A byte order mark, which Windows puts before a file, is no part of its first line.
        boolean marked = line.length >= 3 && line[0] == (byte) 0xef && line[1] == (byte) 0xbb && line[2] == (byte) 0xbf;
        byte[] bytes = container.unwrap(marked ? Arrays.copyOfRange(line, 3, line.length) : line);
        if (bytes == null || isBlank(bytes) || isProcessLog(bytes)) {
            return null;
        }
        LineFormat.Reader open = reader;
        if (open == null) {
            open = use(LineFormats.detect(bytes));
        }
        return open.read(bytes);
    }

    /** Only before the format is known, and in what Istio writes, where both stand in one stream. */
    private boolean isProcessLog(byte[] bytes) {
        boolean possible = format == null || bytes[0] != '{' && PROCESSES.contains(format.word());
        return possible && LineFormats.isProcessLog(bytes);
    }

    private LineFormat.Reader use(LineFormat chosen) {
        LineFormat.Reader fresh = chosen.reader();
        format = chosen;
        reader = fresh;
        return fresh;
    }

    private void report(String message) {
        problems.accept(new Problem(word(), name + ":" + number + ": " + message));
    }

    private String word() {
        return format == null ? "unknown" : format.word();
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
