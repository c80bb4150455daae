package dev.weir.ingest.orientation;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Drops duplicate reports: of a connection that both its nodes report, or one node on several interfaces. The first
 * reporter of a connection's direction stays authoritative until it is silent for {@code window}; an unsampled reporter
 * replaces a sampled one. Dropped and forwarded flows are deduplicated separately, since each matters by itself.
 * Bounded: beyond the capacity, the connections with the oldest reports are evicted, and counted. Safe for use by
 * several threads.
 */
public final class Deduplicator {
    /** The default of {@code ingest.duplicate_window}. */
    public static final Duration DEFAULT_WINDOW = Duration.ofMinutes(5);

    /** The default of {@code ingest.duplicate_capacity}. */
    public static final int DEFAULT_CAPACITY = 200_000;

    /** The most connections that can be remembered; they take 1.6 GB. */
    public static final int MAX_CAPACITY = 10_000_000;

    /** The place of a direction that the record does not contain. */
    private static final int NONE = Integer.MIN_VALUE;

    private final long windowMs;
    private final IngestMetrics metrics;
    private final ReporterTable reporters;
    private final HashFunction hash;

    /**
     * Creates a deduplicator without reports.
     *
     * @param window time of silence after which another reporter takes over; longer than exporters' active timeouts
     * @param capacity number of connections that are remembered, from 1 to {@link #MAX_CAPACITY}
     */
    public Deduplicator(Duration window, int capacity, IngestMetrics metrics) {
        this(window, capacity, metrics, new SecureRandom());
    }

    /**
     * Creates a deduplicator without reports.
     *
     * @param random gives the key of the hash, which senders must not know
     */
    Deduplicator(Duration window, int capacity, IngestMetrics metrics, Random random) {
        this.windowMs = window.toMillis();
        this.metrics = metrics;
        // Each connection has two directions.
        this.reporters = new ReporterTable(2 * capacity);
        this.hash = Hashing.sipHash24(random.nextLong(), random.nextLong());
    }

    /**
     * Returns true if another reporter, or the same one at another point, already reports this connection.
     *
     * @param point place of the observation at the reporter, such as an interface; the record's direction is added to
     *     it
     * @param nowMs the caller's time in milliseconds since the epoch: arrival time for flows from the network, event
     *     time for files
     */
    public synchronized boolean isDuplicate(Flow flow, @Nullable String point, long nowMs) {
        long connection = connection(flow);
        boolean whole = !Orientation.isHalf(flow);
        boolean forward = ConnectionKey.isForward(flow);
        int there = whole || forward ? place(connection, nowMs) : NONE;
        int back = whole || !forward ? place(~connection, nowMs) : NONE;
        boolean samples = flow.sampling() != null && flow.sampling() > 1;
        int reporter = Objects.hashCode(flow.reporter());
        int at = Objects.hash(point, flow.direction());
        boolean reported = (there == NONE || isReported(there, reporter, at, samples))
                && (back == NONE || isReported(back, reporter, at, samples));
        if (reported) {
            boolean same = reporters.isOf(there == NONE ? back : there, reporter);
            metrics.flowsDuplicate.labels(same ? "point" : "reporter").inc();
            return true;
        }
        countEvicted(there, nowMs);
        countEvicted(back, nowMs);
        report(there, connection, reporter, at, samples, nowMs);
        report(back, ~connection, reporter, at, samples, nowMs);
        return false;
    }

    private int place(long direction, long nowMs) {
        return reporters.find(direction, nowMs - windowMs);
    }

    /**
     * True if another reporter or point is authoritative for this direction, and not sampled while the record is
     * unsampled.
     */
    private boolean isReported(int place, int reporter, int point, boolean samples) {
        return place >= 0 && !reporters.isOf(place, reporter, point) && (samples || !reporters.samples(place));
    }

    /** Counts a report that is still within the window and makes room for one of another connection. */
    private void countEvicted(int place, long nowMs) {
        if (place < 0 && place != NONE && reporters.isWithin(-1 - place, nowMs - windowMs)) {
            metrics.reportersEvicted.inc();
        }
    }

    private void report(int place, long direction, int reporter, int point, boolean samples, long nowMs) {
        if (place != NONE) {
            reporters.put(place >= 0 ? place : -1 - place, direction, reporter, point, samples, nowMs);
        }
    }

    /**
     * Returns the hash of the direction in which the low endpoint sends; that of the other direction is its complement.
     */
    private long connection(Flow flow) {
        ConnectionKey connection = ConnectionKey.of(flow);
        Hasher hasher = hash.newHasher();
        hasher.putString(connection.low(), StandardCharsets.UTF_8).putInt(connection.lowPort());
        hasher.putString(connection.high(), StandardCharsets.UTF_8).putInt(connection.highPort());
        hasher.putString(connection.protocol(), StandardCharsets.UTF_8).putChar(' ');
        if (connection.cluster() != null) {
            hasher.putString(connection.cluster(), StandardCharsets.UTF_8);
        }
        return hasher.putBoolean(flow.verdict() == Verdict.DROPPED).hash().asLong();
    }
}
