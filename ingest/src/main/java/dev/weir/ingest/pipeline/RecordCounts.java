package dev.weir.ingest.pipeline;

import dev.weir.common.LogLimit;
import dev.weir.ingest.IngestMetrics;
import org.slf4j.Logger;

/**
 * Counts the lines and records of a collector that make no flow: those that are rejected, since they cannot be read,
 * and those that are skipped, since they are valid and hold none. Safe for use by several threads.
 */
public final class RecordCounts {
    private static final int LOG_EVERY = 1_000;

    private final String collector;
    private final IngestMetrics metrics;
    private final Logger log;
    private final LogLimit limit = new LogLimit(LOG_EVERY);

    /**
     * Creates the counts of a collector.
     *
     * @param collector kind of the collector
     * @param log receives the warnings
     */
    public RecordCounts(String collector, IngestMetrics metrics, Logger log) {
        this.collector = collector;
        this.metrics = metrics;
        this.log = log;
    }

    /** Counts a record that holds no flow. */
    public void skipped(String format) {
        metrics.linesSkipped.labels(collector, format).inc();
    }

    /** Counts a record that cannot be read; the caller reports it, if at all. */
    public void rejected(String format) {
        metrics.linesRejected.labels(collector, format).inc();
    }

    /**
     * Counts a record that cannot be read, and warns of the first of every thousand.
     *
     * @param problem the place of the record and the reason, as the warning begins
     */
    public void rejected(String format, String problem) {
        rejected(format);
        limit.count(number -> log.warn("{} ({} rejected so far)", problem, number));
    }
}
