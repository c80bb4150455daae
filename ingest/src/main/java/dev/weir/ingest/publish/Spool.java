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
 * Flows on disk, in the order in which they came: files that are only ever appended to, read from the front and deleted
 * when all in them has been published. A frame is a length, a checksum, and the three parts of an {@link Outgoing}; a
 * torn or damaged one ends its file. Safe for use by several writers and one reader.
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
     * @param next behind the last of them
     * @param damaged bytes passed over because they were torn or damaged
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

    /** What tells this spool from every other. */
    String id() {
        return id;
    }

    /** The first frame that is still there. */
    synchronized Mark first() {
        return new Mark(sizes.isEmpty() ? current + 1 : sizes.firstKey(), 0);
    }

    /** Bytes on disk and on the way there. */
    synchronized long bytes() {
        return total;
    }

    /** Bytes behind a mark, before which all was released. */
    synchronized long bytesBehind(Mark mark) {
        return total - (sizes.containsKey(mark.segment()) ? mark.offset() : 0);
    }

    /** When the oldest file was begun; null when there is none. */
    synchronized @Nullable Long oldestMs() throws IOException {
        if (sizes.isEmpty()) {
            return null;
        }
        try {
            return Files.getLastModifiedTime(file(sizes.firstKey())).toMillis();
        } catch (NoSuchFileException e) {
            // Reading will find out too, and count it.
            return null;
        }
    }

    /**
     * Adds a flow; false when there is no room. It is on its way to the disk, no more.
     *
     * @throws IOException when the disk takes no more; the flow was not added, and nothing added before is lost
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
            // What a disk that is full did not take stays for the next time.
            buffer.compact();
        }
    }

    /** As {@link #flush}, and waits until it is on the disk itself. */
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

    /** The next flows behind a mark; none when all have been read. */
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
                damaged += forget(segment) - offset;
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
                // The rest of it is on its way.
                break;
            }
            if (used == 0) {
                // A frame always fits into a chunk, so this one is torn or damaged, and what follows it cannot be
                // found.
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
        // Never the file of an earlier run, whose last frame may be torn.
        long next = Math.max(current, sizes.isEmpty() ? 0 : sizes.lastKey()) + 1;
        FileChannel fresh = FileChannel.open(file(next), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (out != null) {
            out.close();
        }
        out = fresh;
        current = next;
        sizes.put(next, 0L);
    }

    /** How much of a file can be read; -1 when there is no such file. */
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
            // What is there can be read all the same, which is what makes room.
            LOG.warn("the spool cannot be written: {}", e.getMessage());
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

    /** The frame at the buffer's position; null, and the position as before, when it is not all there or damaged. */
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

    /** Whether the frame at the buffer's position may be good but is not all there. */
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

    /** A file that somebody else has deleted; returns what its size was. */
    private synchronized long forget(long segment) throws IOException {
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
