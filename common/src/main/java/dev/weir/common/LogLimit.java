package dev.weir.common;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Limits the lines in the log about an event that may come in great numbers, so that a hostile sender does not fill the
 * log: the first event is logged, and then one of a fixed number. Safe for use by several threads.
 */
public final class LogLimit {
    private final int every;
    private final AtomicLong events = new AtomicLong();

    /**
     * Creates a limit for one kind of event.
     *
     * @param every number of events for each line, at least 1
     */
    public LogLimit(int every) {
        this.every = every;
    }

    /**
     * Counts an event.
     *
     * @param line logs the event, given the number of events so far; called only for the events that are logged
     */
    public void count(LongConsumer line) {
        long number = events.incrementAndGet();
        if ((number - 1) % every == 0) {
            line.accept(number);
        }
    }
}
