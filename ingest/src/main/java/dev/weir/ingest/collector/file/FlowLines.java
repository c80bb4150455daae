package dev.weir.ingest.collector.file;

import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.codec.FlowCodec;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lines of one file as flows. The first line that is a flow tells the format of all. */
public final class FlowLines {
    private final String name;
    private final Consumer<Problem> problems;
    private @Nullable FlowFormat format;
    private long number;

    /** A line that is no flow: {@code file:line: field: reason}. */
    public record Problem(String format, String message) {}

    public FlowLines(String name, Consumer<Problem> problems) {
        this.name = name;
        this.problems = problems;
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
            if (format == null) {
                format = FlowFormat.detect(bytes);
            }
            Flow flow = format.parse(bytes);
            if (flow != null
                    && bytes.length > FlowCodec.MAX_BYTES
                    && FlowCodec.encode(flow).length > FlowCodec.MAX_BYTES) {
                throw new InvalidRecordException("flow", "takes more than " + FlowCodec.MAX_BYTES + " bytes");
            }
            return flow;
        } catch (InvalidRecordException e) {
            report(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void report(String message) {
        problems.accept(new Problem(format == null ? "unknown" : format.word(), name + ":" + number + ": " + message));
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
