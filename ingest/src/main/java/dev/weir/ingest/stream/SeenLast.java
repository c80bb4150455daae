package dev.weir.ingest.stream;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The messages of the last seconds before a connection ended, so that those which come once more when it is made again
 * are known. Bounded; safe for use by several threads.
 */
public final class SeenLast {
    private static final int MOST = 50_000;

    private final long overlapMs;
    private final Set<Integer> recent = new HashSet<>();
    private Set<Integer> before = new HashSet<>();
    private long sliceMs;
    private long lastMs;
    private boolean again;

    /**
     * @param overlap how far messages may be out of order; so much of the past is asked for again
     */
    public SeenLast(Duration overlap) {
        this.overlapMs = overlap.toMillis();
    }

    /** From when on to ask; 0 when nothing was seen yet. */
    synchronized long fromMs() {
        return lastMs == 0 ? 0 : lastMs - overlapMs;
    }

    synchronized void reconnected() {
        again = lastMs > 0;
    }

    /**
     * Whether this message came before the connection was made again; remembers it.
     *
     * @param ms the time that it is about
     * @param hash of all that is in it
     */
    public synchronized boolean isAgain(long ms, int hash) {
        boolean known = again && (recent.contains(hash) || before.contains(hash));
        if (again && ms > lastMs) {
            again = false;
        }
        if (ms - sliceMs > overlapMs || recent.size() >= MOST) {
            before = new HashSet<>(recent);
            recent.clear();
            sliceMs = ms;
        }
        recent.add(hash);
        lastMs = Math.max(lastMs, ms);
        return known;
    }
}
