package dev.weir.ingest.collector.logs;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** The lines of a stream, plain or gzip, with the offset behind each. A line that is still being written waits. */
public final class LineSource implements Closeable {
    /** A line longer than this is skipped; it can be no flow. */
    public static final int MAX_LINE = 1 << 20;

    private static final int BUFFER = 1 << 16;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    private final String name;
    private final InputStream in;
    private final boolean gzip;
    private final byte[] buffer = new byte[BUFFER];
    /** What of the buffer has been read and not yet taken. */
    private int from;

    private int to;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream(1024);
    private boolean tooLong;
    private long offset;

    /**
     * One line without its end.
     *
     * @param bytes null when it was too long
     * @param offset behind the line's end, in decompressed bytes
     */
    public record Line(byte @Nullable [] bytes, long offset) {}

    private LineSource(String name, InputStream in, boolean gzip) {
        this.name = name;
        this.in = in;
        this.gzip = gzip;
    }

    /** Opens a file and skips to an offset. */
    public static LineSource open(Path file, long offset) throws IOException {
        LineSource source = of(file.toString(), Files.newInputStream(file));
        try {
            source.in.skipNBytes(offset);
        } catch (IOException e) {
            source.close();
            throw e;
        }
        source.offset = offset;
        return source;
    }

    /** Reads a stream, for example standard input. */
    public static LineSource of(String name, InputStream raw) throws IOException {
        PushbackInputStream peek = new PushbackInputStream(raw, 2);
        byte[] magic = peek.readNBytes(2);
        peek.unread(magic);
        boolean gzip = magic.length == 2 && (magic[0] & 255) == GZIP_FIRST && (magic[1] & 255) == GZIP_SECOND;
        InputStream in = gzip ? new GZIPInputStream(peek, BUFFER) : peek;
        return new LineSource(name, in, gzip);
    }

    /** Bytes read as whole lines or part of one, after decompression. */
    public long offset() {
        return offset;
    }

    /** Whether the stream is compressed; such a file does not grow. */
    public boolean gzip() {
        return gzip;
    }

    /**
     * The next whole line, or null when there is none yet.
     *
     * @throws TruncatedException when a gzip stream ends too early or is damaged
     */
    public @Nullable Line next() throws IOException {
        try {
            while (from < to || fill()) {
                int end = from;
                while (end < to && buffer[end] != '\n') {
                    end++;
                }
                int kept = Math.min(end - from, MAX_LINE - partial.size());
                partial.write(buffer, from, kept);
                tooLong |= kept < end - from;
                offset += end - from;
                from = end;
                if (end < to) {
                    from++;
                    offset++;
                    return line();
                }
            }
            return null;
        } catch (EOFException | ZipException e) {
            throw new TruncatedException(
                    name + ": the gzip stream is cut off or damaged after " + offset + " decompressed bytes");
        }
    }

    /** Whether there is more now; of a file that grows there may be later. */
    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(buffer));
        return to > 0;
    }

    /** At the end of a file that does not grow: the last line when nothing ends it. */
    public @Nullable Line last() {
        return partial.size() == 0 ? null : line();
    }

    private Line line() {
        byte[] bytes = tooLong ? null : partial.toByteArray();
        partial.reset();
        tooLong = false;
        return new Line(bytes, offset);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** What came before the damage has been read. */
    public static final class TruncatedException extends IOException {
        private static final long serialVersionUID = 1L;

        TruncatedException(String message) {
            super(message);
        }
    }
}
