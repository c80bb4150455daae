package dev.weir.ingest.pipeline;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.enrichment.Enricher;
import dev.weir.ingest.orientation.Deduplicator;
import dev.weir.ingest.orientation.Orienter;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a pipeline, in the order in which a flow passes them.
 *
 * @param deduplicator null to pass every record on
 * @param orienter null to leave records as they are
 * @param enricher null to leave endpoints as they are
 */
public record FlowStages(
        @Nullable Deduplicator deduplicator,
        @Nullable Orienter orienter,
        @Nullable Enricher enricher) {
    /** No stage at all: records pass as they were exported. */
    public static final FlowStages NONE = new FlowStages(null, null, null);

    /** Returns the stages by which every connection counts once with its halves paired, by the default settings. */
    public static FlowStages connections(IngestMetrics metrics) {
        return new FlowStages(
                new Deduplicator(Deduplicator.DEFAULT_WINDOW, Deduplicator.DEFAULT_CAPACITY, metrics),
                new Orienter(Orienter.DEFAULT_WINDOW, Orienter.DEFAULT_CAPACITY, metrics),
                null);
    }
}
