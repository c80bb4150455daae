package dev.weir.model.codec;

import dev.weir.model.Endpoint;
import dev.weir.model.Flow;

/**
 * Finds the times and counters of a flow and recognises the rest by its bytes: the part behind the counters of each
 * end, and the part behind the ends of the flow. A cached part was decoded and found valid at its place, and means the
 * same at that place again. A value that holds an end twice is not recognised. For one thread.
 */
abstract class FlowPrescan {
    /**
     * The maximum length of a value, more than a flow takes; values are kept until their flow is asked for or replaced.
     */
    private static final int MAX_BYTES = 2048;

    private final FlowCursor cursor;
    private final FlowCache cache = new FlowCache();
    final FlowCursor.Side source;
    final FlowCursor.Side destination;
    byte[] value = new byte[0];
    long startMs;
    long endMs;
    int attributesFrom;

    FlowPrescan(FlowCursor cursor) {
        this.cursor = cursor;
        this.source = cursor.source();
        this.destination = cursor.destination();
    }

    /**
     * Scans a value; returns false when it is not in the form that Weir writes, which does not mean that it is invalid.
     */
    final boolean scan(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            return false;
        }
        value = bytes;
        startMs = 0;
        endMs = 0;
        attributesFrom = bytes.length;
        source.clear();
        destination.clear();
        if (!scan() || !source.isValid() || !destination.isValid()) {
            return false;
        }
        endMs = endMs == 0 ? startMs : endMs;
        return startMs > 0 && endMs >= startMs && endMs <= Flow.MAX_MS;
    }

    abstract boolean scan();

    /** The place after the names, which are not cached; negative if it cannot be found. */
    abstract int endOfNames(int from);

    /**
     * True if the range holds only fields that follow the counters (of an endpoint) or the endpoints (of a flow), so
     * that it can be cached on its own.
     */
    abstract boolean isSeparate(int from, int to, boolean ofEnd);

    /** True if all parts found in the last scan are cached; the cursor then stands on the flow. */
    final boolean isKnown() {
        if (!source.isKnown() || !destination.isKnown()) {
            return false;
        }
        FlowAttributes attributes = cache.attributes(value, attributesFrom, value.length);
        if (attributes == null) {
            return false;
        }
        cursor.set(value, startMs, endMs, attributes);
        return true;
    }

    /** The end of the names that are cached with the address of an end and stand there; negative for none. */
    final int known(FlowCursor.Side side, int from) {
        side.namesFrom = from;
        FlowCache.End end = cache.end(value, side.ipFrom, side.ipTo, from);
        if (end == null) {
            return -1;
        }
        side.is(end.endpoint());
        side.namesTo = from + end.names().length;
        return side.namesTo;
    }

    /** Skips names that are not cached; negative when their end cannot be found. */
    final int unknown(FlowCursor.Side side) {
        side.is(null);
        side.namesTo = endOfNames(side.namesFrom);
        return side.namesTo;
    }

    /** Caches the new parts of the last scan, which was decoded to this flow. */
    final void put(Flow flow) {
        put(source, flow.source());
        put(destination, flow.destination());
        // Attributes that are cached stay the same object, by which edges are found.
        if (flow.l7() == null
                && cache.attributes(value, attributesFrom, value.length) == null
                && isSeparate(attributesFrom, value.length, false)) {
            cache.put(value, attributesFrom, value.length, FlowAttributes.of(flow));
        }
    }

    private void put(FlowCursor.Side side, Endpoint end) {
        if (!side.isKnown() && isSeparate(side.namesFrom, side.namesTo, true)) {
            Endpoint endpoint = FlowCursor.Side.withoutCounters(end);
            cache.put(value, side.ipFrom, side.ipTo, side.namesFrom, side.namesTo, endpoint);
        }
    }
}
