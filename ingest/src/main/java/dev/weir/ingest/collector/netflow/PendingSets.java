package dev.weir.ingest.collector.netflow;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Data sets that wait for their template. Bounded in bytes and time. For one thread. */
final class PendingSets {
    private static final int MAX_BYTES = 16 * 1024 * 1024;
    /** Approximate memory of a set in addition to its bytes. */
    private static final int OVERHEAD = 96;

    private final long waitMs;
    private final Deque<PendingSet> pending = new ArrayDeque<>();
    private int bytes;

    /** A set with the times in its message's header. */
    record PendingSet(
            ExporterState state,
            int template,
            byte[] body,
            long exportMs,
            @Nullable Long uptimeMs,
            long untilMs) {}

    /**
     * Creates an empty buffer.
     *
     * @param waitMs time for which a set waits, in milliseconds; 0 to keep none
     */
    PendingSets(long waitMs) {
        this.waitMs = waitMs;
    }

    /** Adds a copy of a set's body; returns false if there is no room. */
    boolean add(ExporterState state, int template, ByteBuf body, long exportMs, @Nullable Long uptimeMs, long nowMs) {
        int length = body.readableBytes();
        if (waitMs == 0 || bytes + length + OVERHEAD > MAX_BYTES) {
            return false;
        }
        byte[] copy = new byte[length];
        body.readBytes(copy);
        pending.addLast(new PendingSet(state, template, copy, exportMs, uptimeMs, nowMs + waitMs));
        bytes += length + OVERHEAD;
        return true;
    }

    /** Removes and returns the sets of a template, in the order of arrival. */
    List<PendingSet> take(ExporterState state, int template) {
        List<PendingSet> taken = new ArrayList<>();
        Iterator<PendingSet> each = pending.iterator();
        while (each.hasNext()) {
            PendingSet one = each.next();
            if (one.template() == template && one.state() == state) {
                taken.add(one);
                each.remove();
                bytes -= one.body().length + OVERHEAD;
            }
        }
        return taken;
    }

    /** Drops the sets that have waited too long; returns their number. */
    int expire(long nowMs) {
        int expired = 0;
        while (!pending.isEmpty() && pending.getFirst().untilMs() <= nowMs) {
            bytes -= pending.removeFirst().body().length + OVERHEAD;
            expired++;
        }
        return expired;
    }
}
