package dev.weir.ingest.collector.hubble;

import dev.weir.ingest.proto.hubble.GetFlowsResponse;
import java.util.HashSet;
import java.util.Set;

/**
 * The responses of the last seconds before a connection ended, so that those which come once more when it is made again
 * are known. Bounded; safe for use by several threads.
 */
final class SeenLast {
    /** Nodes behind a relay are not in step. */
    private static final long OVERLAP_MS = 2_000;

    private static final int MOST = 50_000;

    private final Set<Integer> recent = new HashSet<>();
    private Set<Integer> before = new HashSet<>();
    private long sliceMs;
    private long lastMs;
    private boolean again;

    /** From when on to ask; 0 when nothing was seen yet. */
    synchronized long lastMs() {
        return lastMs == 0 ? 0 : lastMs - OVERLAP_MS;
    }

    synchronized void reconnected() {
        again = lastMs > 0;
    }

    /** Whether this response came before the connection was made again; remembers it. */
    synchronized boolean isAgain(long ms, GetFlowsResponse response) {
        int hash = response.hashCode();
        boolean known = again && (recent.contains(hash) || before.contains(hash));
        if (again && ms > lastMs) {
            again = false;
        }
        if (ms - sliceMs > OVERLAP_MS || recent.size() >= MOST) {
            before = new HashSet<>(recent);
            recent.clear();
            sliceMs = ms;
        }
        recent.add(hash);
        lastMs = Math.max(lastMs, ms);
        return known;
    }
}
