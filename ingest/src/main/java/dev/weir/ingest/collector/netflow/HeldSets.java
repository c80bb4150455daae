package dev.weir.ingest.collector.netflow;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Data sets whose template has not come yet. Bounded in bytes and time; for one thread. */
final class HeldSets {
    private static final int MAX_BYTES = 16 * 1024 * 1024;
    /** What a set takes beside its bytes, about. */
    private static final int OVERHEAD = 96;

    private final long waitMs;
    private final Deque<Held> held = new ArrayDeque<>();
    private int bytes;

    /** A set with what its message's header told of time. */
    record Held(
            ExporterState state,
            int template,
            byte[] body,
            long exportMs,
            @Nullable Long uptimeMs,
            long untilMs) {}

    /**
     * @param waitMs 0 to hold nothing
     */
    HeldSets(long waitMs) {
        this.waitMs = waitMs;
    }

    /** Copies a set's body; false when there is no room. */
    boolean hold(ExporterState state, int template, ByteBuf body, long exportMs, @Nullable Long uptimeMs, long nowMs) {
        int length = body.readableBytes();
        if (waitMs == 0 || bytes + length + OVERHEAD > MAX_BYTES) {
            return false;
        }
        byte[] copy = new byte[length];
        body.readBytes(copy);
        held.addLast(new Held(state, template, copy, exportMs, uptimeMs, nowMs + waitMs));
        bytes += length + OVERHEAD;
        return true;
    }

    /** Takes out what waits for a template that has come, in the order of arrival. */
    List<Held> take(ExporterState state, int template) {
        List<Held> taken = new ArrayList<>();
        Iterator<Held> each = held.iterator();
        while (each.hasNext()) {
            Held one = each.next();
            if (one.template() == template && one.state() == state) {
                taken.add(one);
                each.remove();
                bytes -= one.body().length + OVERHEAD;
            }
        }
        return taken;
    }

    /** Drops what has waited too long and returns how many sets that were. */
    int expire(long nowMs) {
        int expired = 0;
        while (!held.isEmpty() && held.getFirst().untilMs() <= nowMs) {
            bytes -= held.removeFirst().body().length + OVERHEAD;
            expired++;
        }
        return expired;
    }
}
