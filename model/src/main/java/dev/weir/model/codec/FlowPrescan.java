package dev.weir.model.codec;

import dev.weir.model.Endpoint;
import dev.weir.model.Flow;

/**
 * Finds the times and counters of a flow and recognises the rest by its bytes: of each end what stands behind its counters, and of
 * the flow what stands behind its ends. What is remembered was decoded and found valid where it stood, and means the same
 * wherever it stands in that place again. An end that stands twice is not looked at here. For one thread.
 */
abstract class FlowPrescan {
    /** More than a flow takes. Values are kept for as long as nobody has asked for what they say. */
    private static final int MAX_BYTES = 2048;

    private final FlowCursor cursor;
    private final FlowMemory memory = new FlowMemory();
    final FlowCursor.Side source;
    final FlowCursor.Side destination;
    byte[] value = new byte[0];
    long startMs;
    long endMs;
    int tailFrom;

    FlowPrescan(FlowCursor cursor) {
        this.cursor = cursor;
        this.source = cursor.source();
        this.destination = cursor.destination();
    }

    /** Looks through a value; false when it is not written as Weir writes it, which says nothing of whether it is valid. */
    final boolean scan(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            return false;
        }
        value = bytes;
        startMs = 0;
        endMs = 0;
        tailFrom = bytes.length;
        source.clear();
        destination.clear();
        if (!scan() || !source.isValid() || !destination.isValid()) {
            return false;
        }
        endMs = endMs == 0 ? startMs : endMs;
        return startMs > 0 && endMs >= startMs && endMs <= Flow.MAX_MS;
    }

    abstract boolean scan();

    /** Where the names of an end stop that nobody remembers; negative when that cannot be told. */
    abstract int endOfNames(int from);

    /** Whether nothing in what stands behind the counters of an end, or behind the ends, is about what stands before it. */
    abstract boolean isSeparate(int from, int to, boolean ofEnd);

    /** Whether all that was found in the last scan is known; the cursor stands on it then. */
    final boolean isKnown() {
        if (!source.isKnown() || !destination.isKnown()) {
            return false;
        }
        FlowTail tail = memory.tail(value, tailFrom, value.length);
        if (tail == null) {
            return false;
        }
        cursor.set(value, startMs, endMs, tail);
        return true;
    }

    /** Where the names stop that are remembered with the address of an end and stand there; negative for none. */
    final int known(FlowCursor.Side side, int from) {
        side.namesFrom = from;
        FlowMemory.End end = memory.end(value, side.ipFrom, side.ipTo, from);
        if (end == null) {
            return -1;
        }
        side.is(end.endpoint());
        side.namesTo = from + end.names().length;
        return side.namesTo;
    }

    /** Passes over names that nobody remembers yet; negative when it cannot. */
    final int unknown(FlowCursor.Side side) {
        side.is(null);
        side.namesTo = endOfNames(side.namesFrom);
        return side.namesTo;
    }

    /** Remembers what was new in the last scan, which turned out to be this flow. */
    final void remember(Flow flow) {
        remember(source, flow.source());
        remember(destination, flow.destination());
        if (flow.l7() == null && isSeparate(tailFrom, value.length, false)) {
            memory.remember(value, tailFrom, value.length, FlowTail.of(flow));
        }
    }

    private void remember(FlowCursor.Side side, Endpoint end) {
        if (!side.isKnown() && isSeparate(side.namesFrom, side.namesTo, true)) {
            Endpoint who = FlowCursor.Side.nameOf(end);
            memory.remember(value, side.ipFrom, side.ipTo, side.namesFrom, side.namesTo, who);
        }
    }
}
