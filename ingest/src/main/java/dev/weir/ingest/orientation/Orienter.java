package dev.weir.ingest.orientation;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.Flow;
import dev.weir.model.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Turns replies around and merges the two halves of a connection. A half waits for the other one for {@code window}, by
 * the caller's time: arrival time for flows from the network, event time for files. At most {@code capacity} halves
 * wait, fewer if they have many labels; beyond it the one with the longest wait is passed on alone. For one thread.
 */
public final class Orienter {
    /** The default of {@code ingest.pair_window}. */
    public static final Duration DEFAULT_WINDOW = Duration.ofSeconds(2);

    /** The default of {@code ingest.pair_capacity}. */
    public static final int DEFAULT_CAPACITY = 100_000;

    private final long windowMs;
    private final int capacity;
    private final IngestMetrics metrics;
    private final Map<ConnectionKey, Half> halves = new LinkedHashMap<>();
    private long weight;

    private record Half(Flow flow, long untilMs) {}

    public Orienter(Duration window, int capacity, IngestMetrics metrics) {
        this.windowMs = window.toMillis();
        this.capacity = capacity;
        this.metrics = metrics;
    }

    /** Adds a record and returns the flows that are ready: none, this one, or others whose wait is over. */
    public List<Flow> accept(Flow flow, long nowMs) {
        List<Flow> ready = new ArrayList<>(2);
        releaseDue(nowMs, ready);
        boolean complete = !Orientation.isHalf(flow) || flow.verdict() == Verdict.DROPPED;
        if (complete) {
            ready.add(oriented(flow));
        } else {
            pairOrHold(flow, nowMs, ready);
        }
        metrics.orientationWaiting.set(halves.size());
        return ready;
    }

    /** Returns the records that have waited long enough. */
    public List<Flow> due(long nowMs) {
        List<Flow> ready = new ArrayList<>();
        releaseDue(nowMs, ready);
        metrics.orientationWaiting.set(halves.size());
        return ready;
    }

    /** Returns the longest wait of a half, in milliseconds. */
    public long windowMs() {
        return windowMs;
    }

    /** Returns the waiting records, oldest first; they go on waiting. */
    public List<Flow> waiting() {
        return halves.values().stream().map(Half::flow).toList();
    }

    /** Returns all waiting records, oldest first, which then no longer wait. */
    public List<Flow> flush() {
        return due(Long.MAX_VALUE);
    }

    /** Forgets every record that waits. */
    public void clear() {
        halves.clear();
        weight = 0;
        metrics.orientationWaiting.set(0);
    }

    private void pairOrHold(Flow flow, long nowMs, List<Flow> ready) {
        ConnectionKey connection = ConnectionKey.of(flow);
        Half other = halves.remove(connection);
        weight -= other == null ? 0 : other.flow().weight();
        boolean opposite = other != null
                && other.flow().source().ip().equals(flow.destination().ip())
                && Objects.equals(
                        other.flow().source().port(), flow.destination().port());
        if (other != null && opposite) {
            metrics.flowsMerged.inc();
            ready.add(paired(other.flow(), flow));
            return;
        }
        if (other != null) {
            ready.add(oriented(other.flow()));
        }
        Iterator<Half> oldest = halves.values().iterator();
        while (weight + flow.weight() > capacity && oldest.hasNext()) {
            Flow first = oldest.next().flow();
            oldest.remove();
            weight -= first.weight();
            ready.add(oriented(first));
            metrics.orientationEvicted.inc();
        }
        halves.put(connection, new Half(flow, nowMs + windowMs));
        weight += flow.weight();
    }

    private void releaseDue(long nowMs, List<Flow> ready) {
        Iterator<Half> oldest = halves.values().iterator();
        while (oldest.hasNext()) {
            Half first = oldest.next();
            if (first.untilMs() > nowMs) {
                return;
            }
            ready.add(oriented(first.flow()));
            oldest.remove();
            weight -= first.flow().weight();
        }
    }

    private Flow paired(Flow first, Flow second) {
        OrientationDecision decision = Orientation.of(first);
        OrientationDecision bySecond = Orientation.of(second);
        boolean firstIsAnswer;
        if (decision.by() != OrientationDecision.Criterion.NOTHING) {
            firstIsAnswer = decision.reply();
        } else if (bySecond.by() != OrientationDecision.Criterion.NOTHING) {
            firstIsAnswer = !bySecond.reply();
        } else {
            firstIsAnswer = second.startMs() < first.startMs();
        }
        return firstIsAnswer ? Orientation.merged(second, first) : Orientation.merged(first, second);
    }

    private Flow oriented(Flow flow) {
        OrientationDecision decision = Orientation.of(flow);
        if (!decision.reply()) {
            return flow;
        }
        metrics.flowsTurned
                .labels(decision.by().name().toLowerCase(Locale.ROOT))
                .inc();
        return Orientation.turned(flow);
    }
}
