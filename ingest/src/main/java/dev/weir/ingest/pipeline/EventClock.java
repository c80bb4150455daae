package dev.weir.ingest.pipeline;

import dev.weir.model.Flow;

/**
 * The clock for recorded flows: the newest event time so far, since a file may hold any time and is read at any speed. It
 * never runs backwards, except when it is restarted. For one thread.
 */
public final class EventClock implements FlowClock {
    private long newestMs = Long.MIN_VALUE;

    @Override
    public long at(Flow flow) {
        advance(flow.endMs());
        return newestMs;
    }

    @Override
    public long now() {
        return newestMs;
    }

    /** Sets the clock to the time of an event, in milliseconds since the epoch, if it is newer. */
    public void advance(long eventMs) {
        newestMs = Math.max(newestMs, eventMs);
    }

    /** Forgets the time, for a recording that may be older than the one before. */
    public void restart() {
        newestMs = Long.MIN_VALUE;
    }
}
