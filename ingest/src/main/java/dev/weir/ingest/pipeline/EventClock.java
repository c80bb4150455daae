package dev.weir.ingest.pipeline;

import dev.weir.model.Flow;

/**
 * The clock for recorded flows: the newest start of a flow so far, since a file may hold any time and is read at any
 * speed. The end of a flow that lasts for hours is ahead of all that follows it, and no measure of what has been read.
 * It never runs backwards, except when it is restarted. For one thread.
 */
public final class EventClock implements FlowClock {
    private long newestMs = Long.MIN_VALUE;

    @Override
    public long at(Flow flow) {
        advance(flow.startMs());
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
