package dev.weir.ingest.orientation;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out what is told twice: a connection that both its nodes report, or one node on several interfaces. Whoever tells
 * a connection first goes on telling it, until it has been silent for the window; only a reporter that sees every packet
 * takes over from one that samples. What was dropped is told apart from what was not, for the two are different news.
 * Bounded: beyond the capacity the connections that were heard of longest ago are forgotten. Safe for use by several
 * threads.
 */
public final class Deduplicator {
    private static final int FORWARD = 1;
    private static final int BACKWARD = 2;
    private static final int WHOLE = 3;

    private final long windowMs;
    private final IngestMetrics metrics;
    private final Map<Key, Teller> tellers;

    private record Key(Connection connection, int part, boolean dropped) {}

    private record Teller(
            @Nullable String reporter, @Nullable String point, boolean samples, long lastMs) {}

    /**
     * @param window how long a reporter may be silent before another takes its place; longer than exporters' active
     *     timeouts
     */
    public Deduplicator(Duration window, int capacity, IngestMetrics metrics) {
        this.windowMs = window.toMillis();
        this.metrics = metrics;
        this.tellers = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, Teller> eldest) {
                return size() > capacity;
            }
        };
    }

    /**
     * Whether another reporter, or the same one at another point, tells this connection already.
     *
     * @param point where the reporter saw it, such as an interface
     */
    public synchronized boolean isDuplicate(Flow flow, @Nullable String point, long nowMs) {
        int part = !Orientation.isHalf(flow) ? WHOLE : Connection.isForward(flow) ? FORWARD : BACKWARD;
        Key key = new Key(Connection.of(flow), part, flow.verdict() == Verdict.DROPPED);
        boolean samples = flow.sampling() != null && flow.sampling() > 1;
        Teller known = tellers.get(key);
        if (known != null && nowMs - known.lastMs() < windowMs) {
            boolean same = Objects.equals(known.reporter(), flow.reporter());
            if (!(same && Objects.equals(known.point(), point)) && (samples || !known.samples())) {
                metrics.flowsDuplicate.labels(same ? "point" : "reporter").inc();
                return true;
            }
        }
        tellers.put(key, new Teller(flow.reporter(), point, samples, nowMs));
        return false;
    }
}
