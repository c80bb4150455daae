package dev.weir.ingest.enrichment;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.ContextChange;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.context.ContextHistory;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the ends of flows by the context of the flow's own time. Safe for use by several threads. */
public final class Enricher {
    private static final Logger LOG = LoggerFactory.getLogger(Enricher.class);

    private final ContextHistory history;
    private final IngestMetrics metrics;

    public Enricher(Duration history, IngestMetrics metrics) {
        this.history = new ContextHistory(history);
        this.metrics = metrics;
    }

    public synchronized void apply(ContextChange change) {
        try {
            history.apply(change);
        } catch (InvalidRecordException e) {
            metrics.contextRejected.inc();
            LOG.warn("{} is ignored: {}", change.key(), e.getMessage());
        }
        metrics.contextObjects.set(history.size());
    }

    /** Forgets what the history need no longer hold. */
    public synchronized void prune(long nowMs) {
        history.prune(nowMs);
        metrics.contextObjects.set(history.size());
    }

    public synchronized Flow enrich(Flow flow) {
        long ms = flow.startMs();
        return flow.withEndpoints(history.resolve(flow.source(), ms), history.resolve(flow.destination(), ms));
    }
}
