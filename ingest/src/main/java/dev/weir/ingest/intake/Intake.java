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
 * Passes flows from a collector to the sink: drops duplicate reports, orients and pairs records, and enriches their
 * endpoints. Safe for use by several threads.
 */
public final class Intake {
    private final String collector;
    private final @Nullable Deduplicator deduplicator;
    private final @Nullable Orienter orienter;
    private final @Nullable Enricher enricher;
    private final FlowSink sink;
    private final IngestMetrics metrics;

    /**
     * Creates an intake.
     *
     * @param collector kind of the collector
     * @param deduplicator null to pass every record on
     * @param orienter null to leave records as they are
     * @param enricher null to leave endpoints as they are
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
     * Accepts one record.
     *
     * @param point the place where the reporter saw the flow, such as an interface; null if it has only one
     * @param nowMs the current time, in milliseconds since the epoch
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

    /** Passes on the records that have waited long enough for their other half. */
    public synchronized void tick(long nowMs) {
        if (orienter != null) {
            pass(orienter.due(nowMs));
        }
    }

    /** Passes on every record that waits. */
    public synchronized void flush() {
        if (orienter != null) {
            pass(orienter.flush());
        }
    }

    private void pass(List<Flow> flows) {
        flows.forEach(this::pass);
    }

    private void pass(Flow flow) {
        // The sink counts what it cannot take.
        boolean unused = sink.accept(collector, enricher == null ? flow : enricher.enrich(flow));
    }
}
