package dev.weir.ingest.collector.netflow;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams between the thread that takes them from the socket and the one that decodes them, in their order. It holds
 * what comes faster than it can be decoded for a while, such as right after the start, since the kernel's own buffer
 * seldom holds more than a second. Bounded by bytes. Safe for use by several threads.
 */
final class Datagrams {
    /** What a datagram takes beside its bytes, about. */
    private static final int OVERHEAD = 64;

    private final long maxBytes;
    private final Queue<Datagram> waiting = new ArrayDeque<>();
    private long bytes;

    /**
     * @param exporter address that it came from
     * @param port UDP port that it came from
     * @param receivedMs when it came
     */
    record Datagram(String exporter, int port, byte[] content, long receivedMs) {}

    Datagrams(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds one; false when there is no room. */
    synchronized boolean offer(Datagram datagram) {
        long more = datagram.content().length + OVERHEAD;
        if (bytes + more > maxBytes) {
            return false;
        }
        waiting.add(datagram);
        bytes += more;
        notifyAll();
        return true;
    }

    /** The oldest one; null when none came for so long. */
    synchronized @Nullable Datagram poll(long waitMs) throws InterruptedException {
        if (waiting.isEmpty()) {
            wait(waitMs);
        }
        Datagram datagram = waiting.poll();
        if (datagram != null) {
            bytes -= datagram.content().length + OVERHEAD;
        }
        return datagram;
    }
}
