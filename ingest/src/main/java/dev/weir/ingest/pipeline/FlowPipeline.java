package dev.weir.ingest.pipeline;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.enrichment.Enricher;
import dev.weir.ingest.orientation.Deduplicator;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.ingest.publish.FlowSink;
import dev.weir.model.Flow;
import io.prometheus.client.Counter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes the flows that a collector decodes to a sink, in stages: drops duplicate reports, orients records and pairs
 * the halves of connections, and enriches endpoints. All stages go by one clock. Each flow that enters is counted as
 * read; the stages count what they drop and change. Safe for use by several threads.
 */
public final class FlowPipeline {
    private final String collector;
    private final @Nullable Deduplicator deduplicator;
    private final @Nullable Orienter orienter;
    private final @Nullable Enricher enricher;
    private final FlowClock clock;
    private final FlowSink sink;
    private final Counter.Child read;

    /**
     * Creates a pipeline.
     *
     * @param collector kind of the collector
     */
    public FlowPipeline(String collector, FlowStages stages, FlowClock clock, FlowSink sink, IngestMetrics metrics) {
        this.collector = collector;
        this.deduplicator = stages.deduplicator();
        this.orienter = stages.orienter();
        this.enricher = stages.enricher();
        this.clock = clock;
        this.sink = sink;
        this.read = metrics.flowsRead.labels(collector);
    }

    /** Accepts a record of a reporter that sees each flow at one place. */
    public void accept(Flow flow) {
        accept(flow, null);
    }

    /**
     * Accepts a record.
     *
     * @param point the place where the reporter saw the flow, such as an interface; null if it has only one
     */
    public synchronized void accept(Flow flow, @Nullable String point) {
        read.inc();
        long nowMs = clock.at(flow);
        if (deduplicator != null && deduplicator.isDuplicate(flow, point, nowMs)) {
            return;
        }
        if (orienter == null) {
            enrichAndPass(flow);
        } else {
            orienter.accept(flow, nowMs).forEach(this::enrichAndPass);
        }
    }

    /** Passes on the records that have waited long enough for their other half. */
    public synchronized void tick() {
        if (orienter != null) {
            orienter.due(clock.now()).forEach(this::enrichAndPass);
        }
    }

    /** Passes on every record that waits. */
    public synchronized void flush() {
        if (orienter != null) {
            orienter.flush().forEach(this::enrichAndPass);
        }
    }

    /** Returns the records that wait for their other half, oldest first. */
    public synchronized List<Flow> waiting() {
        return orienter == null ? List.of() : orienter.waiting();
    }

    /** Returns the longest wait of a record for its other half, in milliseconds. */
    public long pairWindowMs() {
        return orienter == null ? 0 : orienter.windowMs();
    }

    /**
     * Lets records wait that waited when reading stopped, in the place of those that wait now. They were counted and
     * deduplicated when they were first read.
     */
    public synchronized void restore(List<Flow> waiting) {
        if (orienter != null) {
            orienter.clear();
            for (Flow flow : waiting) {
                orienter.accept(flow, clock.at(flow)).forEach(this::enrichAndPass);
            }
        }
    }

    private void enrichAndPass(Flow flow) {
        // The sink counts what it cannot take.
        boolean unused = sink.accept(collector, enricher == null ? flow : enricher.enrich(flow));
    }
}
