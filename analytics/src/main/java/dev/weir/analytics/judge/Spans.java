package dev.weir.analytics.judge;

import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Span;
import dev.weir.model.codec.FlowCursor;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up, by length, the flows of one edge that lasted for more than a slice. */
final class Spans {
    /** The sums by length in slices; null if there are none, as for most edges. */
    private @Nullable TreeMap<Integer, Span> bySlices;

    /**
     * Adds a flow; one that lasted no longer than a slice makes no difference.
     *
     * @param established true if it counts as an established connection
     */
    void add(FlowCursor flow, boolean established) {
        int slices = Span.slices(flow.startMs(), flow.endMs());
        if (slices == 1) {
            return;
        }
        if (bySlices == null) {
            bySlices = new TreeMap<>();
        }
        Span span = new Span(
                slices,
                1,
                established ? 1 : 0,
                orNone(flow.source().bytes()),
                orNone(flow.destination().bytes()),
                orNone(flow.source().packets()),
                orNone(flow.destination().packets()));
        bySlices.merge(slices, span, Span::plus);
    }

    /** The sums, one for each length, shortest first. */
    List<Span> all() {
        return bySlices == null ? List.of() : List.copyOf(bySlices.values());
    }

    private static long orNone(long number) {
        return number == ConnectionOutcome.ABSENT ? 0 : number;
    }
}
