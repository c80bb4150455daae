package dev.weir.ingest.collector.netflow;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A queue of datagrams between the thread that receives them from the socket and the one that decodes them. It bridges
 * times in which they arrive faster than they are decoded, such as right after the start, since the kernel's own buffer
 * seldom holds more than a second. Bounded by bytes. Safe for use by several threads.
 */
final class Datagrams {
    /** Approximate memory of a datagram in addition to its bytes. */
    private static final int OVERHEAD = 64;

    private final long maxBytes;
    private final Queue<Datagram> waiting = new ArrayDeque<>();
    private long bytes;

    /**
     * One datagram.
     *
     * @param exporter address of the sender
     * @param port UDP port of the sender
     * @param receivedMs time of arrival in milliseconds since the epoch
     */
    record Datagram(String exporter, int port, byte[] content, long receivedMs) {}

    Datagrams(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds a datagram; returns false if there is no room. */
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

    /** Removes and returns the oldest datagram; null if none arrives within {@code waitMs}. */
    synchronized @Nullable Datagram poll(long waitMs) throws InterruptedException {
        if (waiting.isEmpty()) {
            wait(waitMs);
        }
        return poll();
    }

    /** Removes and returns the oldest datagram; null if there is none. */
    synchronized @Nullable Datagram poll() {
        Datagram datagram = waiting.poll();
        if (datagram != null) {
            bytes -= datagram.content().length + OVERHEAD;
        }
        return datagram;
    }
}
