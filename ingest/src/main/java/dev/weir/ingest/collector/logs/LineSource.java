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

/**
 * Reads the lines of a stream, plain or gzip, with the offset after each. A line that is still being written is
 * returned once it is complete.
 */
public final class LineSource implements Closeable {
    /** The longest line, in bytes. A longer one cannot be a flow and is skipped. */
    public static final int MAX_LINE = 1 << 20;

    private static final int BUFFER = 1 << 16;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    private final String name;
    private final InputStream in;
    private final boolean gzip;
    private final byte[] buffer = new byte[BUFFER];
    /** The range of the buffer that has been read and not yet used. */
    private int from;

    private int to;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream(1024);
    private boolean tooLong;
    private long offset;

    /**
     * One line without its line break.
     *
     * @param bytes null if the line was too long
     * @param offset offset after the line's end, in decompressed bytes
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

    /** Opens a stream, for example standard input. */
    public static LineSource of(String name, InputStream raw) throws IOException {
        PushbackInputStream peek = new PushbackInputStream(raw, 2);
        byte[] magic = peek.readNBytes(2);
        peek.unread(magic);
        boolean gzip = magic.length == 2 && (magic[0] & 255) == GZIP_FIRST && (magic[1] & 255) == GZIP_SECOND;
        InputStream in = gzip ? new GZIPInputStream(peek, BUFFER) : peek;
        return new LineSource(name, in, gzip);
    }

    /** Returns the number of bytes read so far, in whole lines or a part of one, after decompression. */
    public long offset() {
        return offset;
    }

    /** Returns true if the stream is compressed; such a file does not grow. */
    public boolean gzip() {
        return gzip;
    }

    /**
     * Returns the next whole line, or null if there is none yet.
     *
     * @throws TruncatedException if a gzip stream ends too early or is damaged
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

    /** Reads more into the buffer; returns false if there is nothing now. A growing file may have more later. */
    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(buffer));
        return to > 0;
    }

    /** Returns the last line of a file that does not grow if it has no line break at its end, else null. */
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

    /** Signals a stream that is cut off or damaged. All lines before the damage have been returned. */
    public static final class TruncatedException extends IOException {
        private static final long serialVersionUID = 1L;

        TruncatedException(String message) {
            super(message);
        }
    }
}
