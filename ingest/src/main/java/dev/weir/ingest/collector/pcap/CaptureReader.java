package dev.weir.ingest.collector.pcap;

import dev.weir.ingest.packet.Packet;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the packets of a capture: pcap with micro- or nanoseconds, of either byte order, or pcapng; plain or gzip. */
final class CaptureReader implements Closeable {
    /** A packet of more bytes is taken for damage; no network has any as large. */
    private static final int MAX_PACKET = 256 * 1024;

    private static final int MAX_BLOCK = 16 << 20;
    private static final int MAX_INTERFACES = 65_536;
    private static final int PCAP_MICROS = 0xa1b2c3d4;
    private static final int PCAP_NANOS = 0xa1b23c4d;
    private static final int SECTION = 0x0a0d0d0a;
    private static final int BYTE_ORDER = 0x1a2b3c4d;
    private static final int INTERFACE = 1;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;
    private static final int OPTION_RESOLUTION = 9;
    private static final int OPTION_OFFSET = 14;

    private final DataInputStream in;
    private final boolean next;
    private ByteOrder order = ByteOrder.BIG_ENDIAN;
    private long unitsPerSecond = 1_000_000;
    private int link;
    private final List<Interface> interfaces = new ArrayList<>();

    /**
     * One packet.
     *
     * @param timeMs milliseconds since the epoch; 0 if the capture has no time
     * @param networkInterface number of the interface in the capture
     * @param bytes the captured part of the packet
     */
    record Captured(long timeMs, int link, int networkInterface, ByteBuffer bytes) {}

    private record Interface(int link, int snapLength, long unitsPerSecond, long offsetSeconds) {}

    /** Signals a file that is no capture, or a damaged one; the message says where. */
    static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }

    private CaptureReader(DataInputStream in, boolean next) {
        this.in = in;
        this.next = next;
    }

    /**
     * Opens a capture.
     *
     * @throws DamagedException if the stream is no capture
     */
    static CaptureReader of(InputStream raw) throws IOException {
        PushbackInputStream peek = new PushbackInputStream(new BufferedInputStream(raw, 1 << 16), 2);
        byte[] magic = peek.readNBytes(2);
        peek.unread(magic);
        boolean gzip = magic.length == 2 && (magic[0] & 255) == 0x1f && (magic[1] & 255) == 0x8b;
        DataInputStream in =
                new DataInputStream(gzip ? new BufferedInputStream(new GZIPInputStream(peek, 1 << 16), 1 << 16) : peek);
        int first;
        try {
            first = in.readInt();
        } catch (EOFException e) {
            throw new DamagedException("is too short to be a capture");
        }
        if (first == SECTION) {
            CaptureReader reader = new CaptureReader(in, true);
            reader.section();
            return reader;
        }
        CaptureReader reader = new CaptureReader(in, false);
        reader.header(first);
        return reader;
    }

    /**
     * Returns the next packet; null at the end.
     *
     * @throws DamagedException if the capture is cut off or contradicts itself; earlier packets are valid
     */
    @Nullable Captured read() throws IOException {
        try {
            return next ? readBlock() : readRecord();
        } catch (EOFException e) {
            throw new DamagedException("is cut off in the middle of a packet");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void header(int magic) throws IOException {
        int turned = Integer.reverseBytes(magic);
        boolean nanos = magic == PCAP_NANOS || turned == PCAP_NANOS;
        if (!nanos && magic != PCAP_MICROS && turned != PCAP_MICROS) {
            throw new DamagedException(String.format("is neither pcap nor pcapng: it begins with %08x", magic));
        }
        order = magic == PCAP_NANOS || magic == PCAP_MICROS ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        unitsPerSecond = nanos ? 1_000_000_000L : 1_000_000L;
        try {
            ByteBuffer rest = bytes(20);
            link = rest.getInt(16) & 0x0fff_ffff;
        } catch (EOFException e) {
            throw new DamagedException("is cut off in its header");
        }
        requireKnown(link);
    }

    private @Nullable Captured readRecord() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        byte[] header = new byte[16];
        header[0] = (byte) first;
        in.readFully(header, 1, 15);
        ByteBuffer record = ByteBuffer.wrap(header).order(order);
        long seconds = record.getInt(0) & 0xffff_ffffL;
        long units = record.getInt(4) & 0xffff_ffffL;
        return new Captured(ms(seconds, units, unitsPerSecond), link, 0, packet(record.getInt(8)));
    }

    /** Reads a section header after its type; its length has the section's own byte order. */
    private void section() throws IOException {
        byte[] head = new byte[8];
        in.readFully(head);
        ByteBuffer header = ByteBuffer.wrap(head);
        if (header.getInt(4) == BYTE_ORDER) {
            order = ByteOrder.BIG_ENDIAN;
        } else if (header.order(ByteOrder.LITTLE_ENDIAN).getInt(4) == BYTE_ORDER) {
            order = ByteOrder.LITTLE_ENDIAN;
        } else {
            throw new DamagedException("has a pcapng section of no known byte order");
        }
        long length = header.order(order).getInt(0) & 0xffff_ffffL;
        if (length < 28 || length > MAX_BLOCK) {
            throw new DamagedException("has a pcapng section header of " + length + " bytes");
        }
        interfaces.clear();
        bytes((int) length - 12);
    }

    private @Nullable Captured readBlock() throws IOException {
        while (true) {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            byte[] head = new byte[4];
            head[0] = (byte) first;
            in.readFully(head, 1, 3);
            int type = ByteBuffer.wrap(head).order(order).getInt();
            if (type == SECTION) {
                section();
                continue;
            }
            byte[] size = new byte[4];
            in.readFully(size);
            long length = ByteBuffer.wrap(size).order(order).getInt() & 0xffff_ffffL;
            if (length < 12 || length > MAX_BLOCK || length % 4 != 0) {
                throw new DamagedException("has a pcapng block of " + length + " bytes");
            }
            ByteBuffer body = bytes((int) length - 8);
            body.limit(body.limit() - 4);
            Captured captured = block(type, body);
            if (captured != null) {
                return captured;
            }
        }
    }

    private @Nullable Captured block(int type, ByteBuffer body) throws IOException {
        if (type == INTERFACE && body.remaining() >= 8 && interfaces.size() < MAX_INTERFACES) {
            interfaces.add(described(body));
            return null;
        }
        if (type == ENHANCED_PACKET && body.remaining() >= 20) {
            Interface at = interfaceOf(body.getInt(0));
            long units = (body.getInt(4) & 0xffff_ffffL) << 32 | body.getInt(8) & 0xffff_ffffL;
            long seconds = Long.divideUnsigned(units, at.unitsPerSecond());
            long rest = Long.remainderUnsigned(units, at.unitsPerSecond());
            return new Captured(
                    ms(seconds + at.offsetSeconds(), rest, at.unitsPerSecond()),
                    at.link(),
                    body.getInt(0),
                    slice(body, 20, body.getInt(12)));
        }
        if (type == SIMPLE_PACKET && body.remaining() >= 4) {
            Interface at = interfaceOf(0);
            int length = body.getInt(0);
            int captured = at.snapLength() > 0 ? Math.min(length, at.snapLength()) : length;
            return new Captured(0, at.link(), 0, slice(body, 4, Math.min(captured, body.remaining() - 4)));
        }
        return null;
    }

    private Interface described(ByteBuffer body) throws IOException {
        int itsLink = body.getShort(0) & 0xffff;
        requireKnown(itsLink);
        long units = 1_000_000;
        long offset = 0;
        int at = 8;
        while (at + 4 <= body.limit()) {
            int code = body.getShort(at) & 0xffff;
            int length = body.getShort(at + 2) & 0xffff;
            if (code == 0 || at + 4 + length > body.limit()) {
                break;
            }
            if (code == OPTION_RESOLUTION && length == 1) {
                int resolution = body.get(at + 4) & 255;
                int exponent = resolution & 127;
                boolean binary = resolution > 127;
                if (exponent > (binary ? 62 : 18)) {
                    throw new DamagedException("has an interface with a time resolution of " + resolution);
                }
                units = binary ? 1L << exponent : power(exponent);
            } else if (code == OPTION_OFFSET && length == 8) {
                offset = body.getLong(at + 4);
            }
            at += 4 + (length + 3) / 4 * 4;
        }
        return new Interface(itsLink, body.getInt(4), units, offset);
    }

    private Interface interfaceOf(int number) throws IOException {
        if (number < 0 || number >= interfaces.size()) {
            throw new DamagedException("has a packet of interface " + number + ", which is not described");
        }
        return interfaces.get(number);
    }

    private ByteBuffer packet(int length) throws IOException {
        if (length < 0 || length > MAX_PACKET) {
            throw new DamagedException("has a packet of " + (length & 0xffff_ffffL) + " bytes");
        }
        return bytes(length).order(ByteOrder.BIG_ENDIAN);
    }

    private static ByteBuffer slice(ByteBuffer body, int at, int length) throws IOException {
        if (length < 0 || length > MAX_PACKET || at + length > body.limit()) {
            throw new DamagedException("has a packet of " + (length & 0xffff_ffffL) + " bytes, more than its block");
        }
        return body.duplicate().position(at).limit(at + length).slice();
    }

    private ByteBuffer bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return ByteBuffer.wrap(bytes).order(order);
    }

    private static void requireKnown(int link) throws IOException {
        if (!Packet.Link.isKnown(link)) {
            throw new DamagedException(
                    "has link type " + link + ", which is not read; Ethernet, Linux cooked and raw IP are");
        }
    }

    private static long ms(long seconds, long units, long perSecond) {
        return seconds * 1000 + (perSecond >= 1000 ? units / (perSecond / 1000) : units * 1000 / perSecond);
    }

    private static long power(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }
}
