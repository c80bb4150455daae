package dev.weir.ingest.collector;

import dev.weir.common.config.UnavailableException;

/** Something that reads what a cluster tells. Started once, closed once; reading goes on in its own threads. */
public interface Collector extends AutoCloseable {

    /** Its kind, as in configuration and metric labels. */
    String kind();

    /**
     * @throws UnavailableException when it cannot start, saying what would be right
     */
    void start();

    @Override
    void close();
}
