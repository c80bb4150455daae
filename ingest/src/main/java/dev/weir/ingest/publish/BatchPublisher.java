package dev.weir.ingest.publish;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Publishes flows in batches, each in one step with the position after it, from which its source is read again. */
public interface BatchPublisher extends AutoCloseable {
    /**
     * Returns the published position of {@code source}; null if there is none, and after {@link #close}.
     *
     * @param source key of the position
     */
    @Nullable Position position(String source) throws InterruptedException;

    /**
     * Publishes flows and the position after them.
     *
     * @return false if {@link #close} was called first and the outcome is unknown
     */
    boolean publish(List<Outgoing> flows, Position position) throws InterruptedException;

    @Override
    void close();
}
