package dev.weir.ingest.orientation;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out what is told twice: a connection that both its nodes report, or one node on several interfaces. Whoever tells
 * a direction of a connection first goes on telling it, until it has been silent for the window; only a reporter that sees every packet
 * takes over from one that samples. What was dropped is told apart from what was not, for the two are different news.
 * Bounded: beyond the capacity connections that were heard of longest ago are forgotten. Safe for use by several threads.
 */
public final class Deduplicator {
    /** Of a direction that the record does not tell. */
    private static final int NONE = Integer.MIN_VALUE;

    private final long windowMs;
    private final IngestMetrics metrics;
    private final ReporterTable reporters;
    private final HashFunction hash;

    /**
     * @param window how long a reporter may be silent before another takes its place; longer than exporters' active
     *     timeouts
     */
    public Deduplicator(Duration window, int capacity, IngestMetrics metrics) {
        this.windowMs = window.toMillis();
        this.metrics = metrics;
        // Each has two directions.
        this.reporters = new ReporterTable(2 * capacity);
        SecureRandom random = new SecureRandom();
        this.hash = Hashing.sipHash24(random.nextLong(), random.nextLong());
    }

    /**
     * Whether another reporter, or the same one at another point, tells this connection already.
     *
     * @param point where the reporter saw it, such as an interface; its direction goes with that
     * @param nowMs by the clock of whoever calls: arrival time for what comes over the network, event time for files
     */
    public synchronized boolean isDuplicate(Flow flow, @Nullable String point, long nowMs) {
        long connection = connection(flow);
        boolean whole = !Orientation.isHalf(flow);
        boolean forward = Connection.isForward(flow);
        int there = whole || forward ? place(connection, nowMs) : NONE;
        int back = whole || !forward ? place(~connection, nowMs) : NONE;
        boolean samples = flow.sampling() != null && flow.sampling() > 1;
        int reporter = Objects.hashCode(flow.reporter());
        int at = Objects.hash(point, flow.direction());
        boolean told = (there == NONE || isTold(there, reporter, at, samples))
                && (back == NONE || isTold(back, reporter, at, samples));
        if (told) {
            boolean same = reporters.reporter(there == NONE ? back : there) == reporter;
            metrics.flowsDuplicate.labels(same ? "point" : "reporter").inc();
            return true;
        }
        tell(there, connection, reporter, at, samples, nowMs);
        tell(back, ~connection, reporter, at, samples, nowMs);
        return false;
    }

    private int place(long direction, long nowMs) {
        return reporters.find(direction, nowMs - windowMs);
    }

    /** Whether another one tells this direction of the connection already, and no worse. */
    private boolean isTold(int place, int reporter, int point, boolean samples) {
        return place >= 0
                && !(reporters.reporter(place) == reporter && reporters.point(place) == point)
                && (samples || !reporters.samples(place));
    }

    private void tell(int place, long direction, int reporter, int point, boolean samples, long nowMs) {
        if (place != NONE) {
            reporters.put(place >= 0 ? place : -1 - place, direction, reporter, point, samples, nowMs);
        }
    }

    /** Of what its low end sends; what its high end sends is the complement. */
    private long connection(Flow flow) {
        Connection connection = Connection.of(flow);
        Hasher hasher = hash.newHasher();
        hasher.putUnencodedChars(connection.low()).putInt(connection.lowPort());
        hasher.putUnencodedChars(connection.high()).putInt(connection.highPort());
        hasher.putUnencodedChars(connection.protocol()).putChar(' ');
        hasher.putUnencodedChars(connection.cluster() == null ? "" : connection.cluster());
        return hasher.putBoolean(flow.verdict() == Verdict.DROPPED).hash().asLong();
    }
}
