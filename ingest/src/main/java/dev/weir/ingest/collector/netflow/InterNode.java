package dev.weir.ingest.collector.netflow;

import dev.weir.ingest.orientation.Orientation;
import dev.weir.model.Flow;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Antrea's records of flows between nodes: each node knows its own pod only. The record of one waits for that of the
 * other, and both become one flow. Bounded; what waits in vain goes on as it is. Safe for use by several threads.
 */
final class InterNode {
    /** Nodes export by clocks of their own, every five seconds by default. */
    private static final long WAIT_MS = 10_000;

    private static final int CAPACITY = 50_000;

    private final Map<String, Held> held = new LinkedHashMap<>();

    private record Held(Flow flow, long untilMs) {}

    /** Takes a record in that names one end; {@code ready} is told of what need not wait. */
    synchronized void take(Flow flow, long nowMs, Consumer<Flow> ready) {
        String key =
                flow.protocol() + " " + flow.source().ip() + " " + flow.source().port() + " "
                        + flow.destination().ip() + " " + flow.destination().port() + " " + flow.cluster();
        Held other = held.remove(key);
        if (other != null
                && (other.flow().source().pod() == null) != (flow.source().pod() == null)) {
            ready.accept(Orientation.joined(other.flow(), flow));
            return;
        }
        if (other != null) {
            ready.accept(other.flow());
        }
        if (held.size() >= CAPACITY) {
            Iterator<Held> oldest = held.values().iterator();
            ready.accept(oldest.next().flow());
            oldest.remove();
        }
        held.put(key, new Held(flow, nowMs + WAIT_MS));
    }

    /** Lets go of what has waited long enough. */
    synchronized void expire(long nowMs, Consumer<Flow> ready) {
        Iterator<Held> oldest = held.values().iterator();
        while (oldest.hasNext()) {
            Held first = oldest.next();
            if (first.untilMs() > nowMs) {
                return;
            }
            oldest.remove();
            ready.accept(first.flow());
        }
    }
}
