package dev.weir.ingest.intake;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.enrichment.Enricher;
import dev.weir.ingest.orientation.Deduplicator;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.model.Flow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes flows as a collector reads them: leaves out what another reporter told already, turns and pairs, names the ends,
 * and hands on. Safe for use by several threads.
 */
public final class Intake {
    private final String collector;
    private final @Nullable Deduplicator deduplicator;
    private final @Nullable Orienter orienter;
    private final @Nullable Enricher enricher;
    private final FlowSink sink;
    private final IngestMetrics metrics;

    /**
     * @param collector kind of the collector
     * @param deduplicator null to hand on every record
     * @param orienter null to leave records as they are
     * @param enricher null to name no ends
     */
    public Intake(
            String collector,
            @Nullable Deduplicator deduplicator,
            @Nullable Orienter orienter,
            @Nullable Enricher enricher,
            FlowSink sink,
            IngestMetrics metrics) {
        this.collector = collector;
        this.deduplicator = deduplicator;
        this.orienter = orienter;
        this.enricher = enricher;
        this.sink = sink;
        this.metrics = metrics;
    }

    /**
     * Takes one record in.
     *
     * @param point where the reporter saw it, such as an interface; null when there is but one place
     */
    public synchronized void take(Flow flow, @Nullable String point, long nowMs) {
        metrics.flowsRead.labels(collector).inc();
        if (deduplicator != null && deduplicator.isDuplicate(flow, point, nowMs)) {
            return;
        }
        if (orienter == null) {
            pass(flow);
        } else {
            pass(orienter.accept(flow, nowMs));
        }
    }

    /** Lets go of what has waited long enough. */
    public synchronized void tick(long nowMs) {
        if (orienter != null) {
            pass(orienter.due(nowMs));
        }
    }

    /** Lets go of everything. */
    public synchronized void flush() {
        if (orienter != null) {
            pass(orienter.flush());
        }
    }

    private void pass(List<Flow> flows) {
        flows.forEach(this::pass);
    }

    private void pass(Flow flow) {
        // What the sink cannot take it counts.
        boolean unused = sink.accept(collector, enricher == null ? flow : enricher.enrich(flow));
    }
}
