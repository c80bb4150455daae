package dev.weir.ingest.collector.netflow;

import dev.weir.ingest.orientation.Orientation;
import dev.weir.model.Flow;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Joins Antrea's records of flows between nodes. Each node knows only its own pod, so the record of one waits for that
 * of the other and both become one flow. Bounded; a record whose counterpart does not come is passed on unchanged. Safe
 * for use by several threads.
 */
final class InterNode {
    /** The longest wait, in milliseconds. Nodes export by clocks of their own, every five seconds by default. */
    private static final long WAIT_MS = 10_000;

    /** The most records that wait; one with many labels counts as several. */
    static final int CAPACITY = 50_000;

    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private final Runnable evicted;
    private long weight;

    private record Waiting(Flow flow, long untilMs) {}

    /**
     * Creates an empty table.
     *
     * @param evicted runs for each record that is passed on early since too many wait
     */
    InterNode(Runnable evicted) {
        this.evicted = evicted;
    }

    /** Adds a record that names one end; {@code ready} receives the flows that need not wait. */
    synchronized void take(Flow flow, long nowMs, Consumer<Flow> ready) {
        String key =
                flow.protocol() + " " + flow.source().ip() + " " + flow.source().port() + " "
                        + flow.destination().ip() + " " + flow.destination().port() + " " + flow.cluster();
        Waiting other = waiting.remove(key);
        weight -= other == null ? 0 : other.flow().weight();
        if (other != null
                && (other.flow().source().pod() == null) != (flow.source().pod() == null)) {
            ready.accept(Orientation.joined(other.flow(), flow));
            return;
        }
        if (other != null) {
            ready.accept(other.flow());
        }
        Iterator<Waiting> oldest = waiting.values().iterator();
        while (weight + flow.weight() > CAPACITY && oldest.hasNext()) {
            Flow first = oldest.next().flow();
            oldest.remove();
            weight -= first.weight();
            ready.accept(first);
            evicted.run();
        }
        waiting.put(key, new Waiting(flow, nowMs + WAIT_MS));
        weight += flow.weight();
    }

    /** Passes on the records that have waited long enough. */
    synchronized void expire(long nowMs, Consumer<Flow> ready) {
        Iterator<Waiting> oldest = waiting.values().iterator();
        while (oldest.hasNext()) {
            Waiting first = oldest.next();
            if (first.untilMs() > nowMs) {
                return;
            }
            oldest.remove();
            weight -= first.flow().weight();
            ready.accept(first.flow());
        }
    }
}
