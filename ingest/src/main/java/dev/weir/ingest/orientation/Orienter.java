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
 * Turns replies round and makes one flow of the two halves of a connection. A half waits for its other half for the
 * window, by the clock of whoever calls: arrival time for what comes over the network, event time for files. At most
 * {@code capacity} halves wait; beyond it the one that has waited longest goes on alone. For one thread.
 */
public final class Orienter {
    private final long windowMs;
    private final int capacity;
    private final IngestMetrics metrics;
    private final Map<Connection, Held> held = new LinkedHashMap<>();

    private record Held(Flow flow, long untilMs) {}

    public Orienter(Duration window, int capacity, IngestMetrics metrics) {
        this.windowMs = window.toMillis();
        this.capacity = capacity;
        this.metrics = metrics;
    }

    /** Takes in a record and returns what is ready: nothing, the flow, or others whose wait is over. */
    public List<Flow> accept(Flow flow, long nowMs) {
        List<Flow> ready = new ArrayList<>(2);
        releaseDue(nowMs, ready);
        boolean complete = !Orientation.isHalf(flow) || flow.verdict() == Verdict.DROPPED;
        if (complete) {
            ready.add(oriented(flow));
        } else {
            pairOrHold(flow, nowMs, ready);
        }
        metrics.orientationHeld.set(held.size());
        return ready;
    }

    /** What has waited long enough. */
    public List<Flow> due(long nowMs) {
        List<Flow> ready = new ArrayList<>();
        releaseDue(nowMs, ready);
        metrics.orientationHeld.set(held.size());
        return ready;
    }

    /** How long a half waits. */
    public long windowMs() {
        return windowMs;
    }

    /** What waits, oldest first; it goes on waiting. */
    public List<Flow> waiting() {
        return held.values().stream().map(Held::flow).toList();
    }

    /** Everything that waits, oldest first. */
    public List<Flow> flush() {
        return due(Long.MAX_VALUE);
    }

    private void pairOrHold(Flow flow, long nowMs, List<Flow> ready) {
        Connection connection = Connection.of(flow);
        Held other = held.remove(connection);
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
        if (held.size() >= capacity) {
            Iterator<Held> oldest = held.values().iterator();
            ready.add(oriented(oldest.next().flow()));
            oldest.remove();
            metrics.orientationEvicted.inc();
        }
        held.put(connection, new Held(flow, nowMs + windowMs));
    }

    private void releaseDue(long nowMs, List<Flow> ready) {
        Iterator<Held> oldest = held.values().iterator();
        while (oldest.hasNext()) {
            Held first = oldest.next();
            if (first.untilMs() > nowMs) {
                return;
            }
            ready.add(oriented(first.flow()));
            oldest.remove();
        }
    }

    private Flow paired(Flow first, Flow second) {
        Orientation.Told told = Orientation.of(first);
        Orientation.Told toldBySecond = Orientation.of(second);
        boolean firstIsAnswer;
        if (told.by() != Orientation.By.NOTHING) {
            firstIsAnswer = told.reply();
        } else if (toldBySecond.by() != Orientation.By.NOTHING) {
            firstIsAnswer = !toldBySecond.reply();
        } else {
            firstIsAnswer = second.startMs() < first.startMs();
        }
        return firstIsAnswer ? Orientation.merged(second, first) : Orientation.merged(first, second);
    }

    private Flow oriented(Flow flow) {
        Orientation.Told told = Orientation.of(flow);
        if (!told.reply()) {
            return flow;
        }
        metrics.flowsTurned.labels(told.by().name().toLowerCase(Locale.ROOT)).inc();
        return Orientation.turned(flow);
    }
}
