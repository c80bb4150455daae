package dev.weir.ingest.stream;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Recognises messages that come again after a reconnection: it remembers those of the last seconds before the
 * connection ended. Bounded. Safe for use by several threads.
 */
public final class ReplayFilter {
    static final int MOST = 50_000;

    private final long overlapMs;
    private final long firstMs;
    private final LongConsumer evicted;
    private final Set<Integer> recent = new HashSet<>();
    private Set<Integer> before = new HashSet<>();
    private long sliceMs;
    private long lastMs;
    private boolean again;

    /**
     * Creates an empty memory.
     *
     * @param overlap time by which messages may be out of order; so much of the past is requested again
     * @param firstMs time from which on messages are requested at first, in milliseconds since the epoch
     * @param evicted receives the number of messages that are evicted within the overlap, since more than
     *     {@value #MOST} came in it
     */
    public ReplayFilter(Duration overlap, long firstMs, LongConsumer evicted) {
        this.evicted = evicted;
        this.overlapMs = overlap.toMillis();
        this.firstMs = firstMs;
    }

    /** Returns the time from which on to request messages, in milliseconds since the epoch. */
    synchronized long fromMs() {
        return lastMs == 0 ? firstMs : lastMs - overlapMs;
    }

    synchronized void reconnected() {
        again = lastMs > 0;
    }

    /**
     * Returns true if this message came before the reconnection; remembers it.
     *
     * @param ms the message's event time in milliseconds since the epoch
     * @param hash hash of the whole message
     */
    public synchronized boolean isAgain(long ms, int hash) {
        boolean known = again && (recent.contains(hash) || before.contains(hash));
        if (again && ms > lastMs) {
            again = false;
        }
        if (ms - sliceMs > overlapMs || recent.size() >= MOST) {
            if (ms - sliceMs <= overlapMs && !before.isEmpty()) {
                evicted.accept(before.size());
            }
            before = new HashSet<>(recent);
            recent.clear();
            sliceMs = ms;
        }
        recent.add(hash);
        lastMs = Math.max(lastMs, ms);
        return known;
    }
}
