package dev.weir.ingest.publish;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of flows on disk, in the order of arrival: files that are only appended to, read from the front and deleted
 * once all their flows are published. A frame is a length, a checksum, and the three parts of an {@link Outgoing}; a
 * torn or damaged frame ends its file. Safe for use by several writers and one reader.
 */
final class Spool implements Closeable {
    static final long SEGMENT_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final String ID = "id";
    private static final String SUFFIX = ".flows";
    private static final int HEADER = 8;
    private static final int BUFFER = 1 << 20;
    private static final int MAX_FRAME = BUFFER - HEADER;

    private final Path folder;
    private final String id;
    private final long maxBytes;
    private final TreeMap<Long, Long> sizes = new TreeMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private long total;
    private long current;
    private @Nullable FileChannel out;
    private @Nullable FileChannel in;
    private long inSegment = -1;

    /** A place between two frames. */
    record Mark(long segment, long offset) {}

    /**
     * Flows that were read.
     *
     * @param next the place after the last of them
     * @param damaged bytes skipped because they were torn or damaged
     */
    record Batch(List<Outgoing> flows, Mark next, long damaged) {}

    private Spool(Path folder, String id, long maxBytes) {
        this.folder = folder;
        this.id = id;
        this.maxBytes = maxBytes;
    }

    static boolean isThere(Path folder) {
        return Files.exists(folder.resolve(ID));
    }

    static Spool open(Path folder, long maxBytes) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(ID);
        if (!Files.exists(file)) {
            Path fresh = folder.resolve(ID + ".new");
            Files.writeString(fresh, UUID.randomUUID().toString());
            Files.move(fresh, file);
        }
        Spool spool = new Spool(folder, Files.readString(file).strip(), maxBytes);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : (Iterable<Path>) files::iterator) {
                String name = each.getFileName().toString();
                if (name.endsWith(SUFFIX)) {
                    long segment = Long.parseLong(name.substring(0, name.length() - SUFFIX.length()), 16);
                    spool.sizes.put(segment, Files.size(each));
                    spool.total += Files.size(each);
                }
            }
        }
        spool.current = spool.sizes.isEmpty() ? 0 : spool.sizes.lastKey();
        return spool;
    }

    /** Returns the unique id of this spool. */
    String id() {
        return id;
    }

    /** Returns the place of the first frame that is left. */
    synchronized Mark first() {
        return new Mark(sizes.isEmpty() ? current + 1 : sizes.firstKey(), 0);
    }

    /** Returns the bytes on disk and in the write buffer. */
    synchronized long bytes() {
        return total;
    }

    /** Returns the bytes after a mark, before which everything was released. */
    synchronized long bytesBehind(Mark mark) {
        return total - (sizes.containsKey(mark.segment()) ? mark.offset() : 0);
    }

    /** Returns the time at which the oldest file was begun, in milliseconds since the epoch; null if there is none. */
    synchronized @Nullable Long oldestMs() throws IOException {
        if (sizes.isEmpty()) {
            return null;
        }
        try {
            return Files.getLastModifiedTime(file(sizes.firstKey())).toMillis();
        } catch (NoSuchFileException e) {
            // Reading finds the same error, and counts it.
            return null;
        }
    }

    /**
     * Appends a flow to the write buffer; returns false if there is no room. It is safe on disk only after
     * {@link #sync}.
     *
     * @throws IOException if the disk cannot be written; the flow is not added, and no earlier one is lost
     */
    synchronized boolean append(Outgoing flow) throws IOException {
        byte[] collector = flow.collector().getBytes(StandardCharsets.UTF_8);
        int length = 2 + collector.length + 2 + flow.key().length + flow.value().length;
        if (length > MAX_FRAME || total + length + HEADER > maxBytes) {
            return false;
        }
        if (out == null || sizes.getOrDefault(current, 0L) >= SEGMENT_BYTES) {
            begin();
        }
        ByteBuffer frame = ByteBuffer.allocate(HEADER + length);
        frame.position(HEADER);
        frame.putShort((short) collector.length).put(collector);
        frame.putShort((short) flow.key().length).put(flow.key()).put(flow.value());
        CRC32C checksum = new CRC32C();
        checksum.update(frame.array(), HEADER, length);
        frame.putInt(0, length).putInt(4, (int) checksum.getValue()).flip();
        if (frame.remaining() > buffer.remaining()) {
            flush();
        }
        buffer.put(frame);
        sizes.merge(current, (long) HEADER + length, Long::sum);
        total += HEADER + length;
        return true;
    }

    /** Hands everything to the operating system, so that only a crash of the machine can lose it. */
    synchronized void flush() throws IOException {
        buffer.flip();
        try {
            while (out != null && buffer.hasRemaining()) {
                out.write(buffer);
            }
        } finally {
            // Bytes that a full disk did not accept stay in the buffer for the next attempt.
            buffer.compact();
        }
    }

    /** Flushes as {@link #flush} does, and waits until the bytes are on the disk itself. */
    void sync() throws IOException {
        FileChannel channel;
        synchronized (this) {
            flush();
            channel = out;
        }
        if (channel != null) {
            channel.force(false);
        }
    }

    /** Returns the next flows after a mark; none if all have been read. */
    Batch read(Mark from, int most, long mostBytes) throws IOException {
        List<Outgoing> flows = new ArrayList<>();
        long segment = from.segment();
        long offset = from.offset();
        long bytes = 0;
        long damaged = 0;
        while (flows.size() < most && bytes < mostBytes) {
            long end = written(segment);
            if (end < 0 || offset >= end) {
                Long next = following(segment);
                if (next == null) {
                    break;
                }
                segment = next;
                offset = 0;
                continue;
            }
            ByteBuffer chunk;
            try {
                chunk = chunk(segment, offset, end);
            } catch (NoSuchFileException e) {
                damaged += discard(segment) - offset;
                continue;
            }
            int used = 0;
            while (flows.size() < most && bytes < mostBytes) {
                Outgoing flow = frame(chunk);
                if (flow == null) {
                    break;
                }
                flows.add(flow);
                bytes += chunk.position() - used;
                used = chunk.position();
            }
            offset += used;
            if (used == 0 && isCutOff(chunk) && isBeingWritten(segment)) {
                // The rest of the frame is not written yet.
                break;
            }
            if (used == 0) {
                // A frame always fits into a chunk, so this one is torn or damaged, and the next one cannot be found.
                damaged += end - offset;
                offset = end;
            }
        }
        return new Batch(flows, new Mark(segment, offset), damaged);
    }

    /** Deletes the files that lie wholly before a mark. */
    synchronized void release(Mark upTo) throws IOException {
        while (!sizes.isEmpty() && sizes.firstKey() < upTo.segment()) {
            delete(sizes.firstKey());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        flush();
        if (out != null) {
            out.close();
        }
        if (in != null) {
            in.close();
        }
    }

    private void begin() throws IOException {
        flush();
        // A new file is begun, not that of an earlier run continued, whose last frame may be torn.
        long next = Math.max(current, sizes.isEmpty() ? 0 : sizes.lastKey()) + 1;
        FileChannel fresh = FileChannel.open(file(next), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (out != null) {
            out.close();
        }
        out = fresh;
        current = next;
        sizes.put(next, 0L);
    }

    /** Returns the readable bytes of a file; -1 if there is no such file. */
    private synchronized long written(long segment) {
        if (!sizes.containsKey(segment)) {
            return -1;
        }
        long size = sizes.getOrDefault(segment, 0L);
        if (segment != current || out == null) {
            return size;
        }
        try {
            flush();
        } catch (IOException e) {
            // The bytes on disk can still be read, which frees space.
            LOG.warn("writing the spool failed, flows on disk are still published: {}", e.getMessage());
        }
        return size - buffer.position();
    }

    private synchronized @Nullable Long following(long segment) {
        return sizes.higherKey(segment);
    }

    private ByteBuffer chunk(long segment, long offset, long end) throws IOException {
        if (in == null || inSegment != segment) {
            if (in != null) {
                in.close();
            }
            in = FileChannel.open(file(segment), StandardOpenOption.READ);
            inSegment = segment;
        }
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(end - offset, MAX_FRAME + HEADER));
        long at = offset;
        while (chunk.hasRemaining()) {
            int read = in.read(chunk, at);
            if (read < 0) {
                break;
            }
            at += read;
        }
        return chunk.flip();
    }

    /**
     * Returns the frame at the buffer's position; null, with the position unchanged, if it is incomplete or damaged.
     */
    private static @Nullable Outgoing frame(ByteBuffer chunk) {
        int start = chunk.position();
        if (chunk.remaining() < HEADER) {
            return null;
        }
        int length = chunk.getInt(start);
        if (length < 4 || length > MAX_FRAME || chunk.remaining() - HEADER < length) {
            return null;
        }
        CRC32C checksum = new CRC32C();
        checksum.update(chunk.array(), chunk.arrayOffset() + start + HEADER, length);
        if ((int) checksum.getValue() != chunk.getInt(start + 4)) {
            return null;
        }
        chunk.position(start + HEADER);
        byte[] collector = bytes(chunk, chunk.getShort());
        byte[] key = bytes(chunk, chunk.getShort());
        byte[] value = bytes(chunk, start + HEADER + length - chunk.position());
        return new Outgoing(new String(collector, StandardCharsets.UTF_8), key, value);
    }

    /** True if the frame at the buffer's position may be intact but is incomplete. */
    private static boolean isCutOff(ByteBuffer chunk) {
        if (chunk.remaining() < HEADER) {
            return true;
        }
        int length = chunk.getInt(chunk.position());
        return length >= 4 && length <= MAX_FRAME && chunk.remaining() - HEADER < length;
    }

    private synchronized boolean isBeingWritten(long segment) {
        return segment == current && out != null;
    }

    /** Removes a file that was deleted from outside; returns its size. */
    private synchronized long discard(long segment) throws IOException {
        long size = sizes.getOrDefault(segment, 0L);
        delete(segment);
        return size;
    }

    private static byte[] bytes(ByteBuffer from, int length) {
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private void delete(long segment) throws IOException {
        Files.deleteIfExists(file(segment));
        Long size = sizes.remove(segment);
        total -= size == null ? 0 : size;
    }

    private Path file(long segment) {
        return folder.resolve(String.format("%016x", segment) + SUFFIX);
    }
}
