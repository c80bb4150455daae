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

/**
 * Converts the lines of one file to flows. Without a given format, the first line that is recognised determines it for
 * the whole file.
 */
public final class FlowLines {
    /** The number of lines at the beginning of a file that may be its header. */
    private static final int MAX_HEADER = 32;

    private static final Set<String> PROCESSES = Set.of("envoy", "ztunnel");

    private final ContainerLog container = new ContainerLog();
    private final String name;
    private final Consumer<Problem> problems;
    private final Consumer<String> skipped;
    private @Nullable LineFormat format;
    private LineFormat.@Nullable Reader reader;
    private long number;

    /** A line that cannot be read: {@code file:line: field: reason}. */
    public record Problem(String format, String message) {}

    /**
     * Creates a converter for one file.
     *
     * @param format name of the format; null to detect it by the lines
     * @param skipped receives the format's name for each valid line without a flow
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

    /** Reads a file's first lines, up to an offset, since a header names the columns of the lines after it. */
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
                    // The error was reported when the line was first read.
                    continue;
                }
            }
        }
    }

    /** Returns the line's flow, or null if it has none; an invalid line is reported. */
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
                skipped.accept(id());
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
        // Windows puts a byte order mark before a file; it is not a part of the first line.
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

    /**
     * Applies only before the format is known, and to Istio's formats, where both kinds of lines stand in one stream.
     */
    private boolean isProcessLog(byte[] bytes) {
        boolean possible = format == null || bytes[0] != '{' && PROCESSES.contains(format.id());
        return possible && LineFormats.isProcessLog(bytes);
    }

    private LineFormat.Reader use(LineFormat chosen) {
        LineFormat.Reader fresh = chosen.reader();
        format = chosen;
        reader = fresh;
        return fresh;
    }

    private void report(String message) {
        problems.accept(new Problem(id(), name + ":" + number + ": " + message));
    }

    private String id() {
        return format == null ? "unknown" : format.id();
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
