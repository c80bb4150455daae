package dev.weir.ingest.collector;

import dev.weir.common.config.UnavailableException;

/**
 * Receives flow records or context of one kind. It is started once and closed once, and reads in threads of its own.
 */
public interface Collector extends AutoCloseable {

    /** Returns the collector's kind, as in configuration and metric labels. */
    String kind();

    /**
     * Starts reading.
     *
     * @throws UnavailableException if the collector cannot start; it says what has to be changed
     */
    void start();

    @Override
    void close();
}
