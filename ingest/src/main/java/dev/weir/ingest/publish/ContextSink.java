package dev.weir.ingest.publish;

import dev.weir.model.ContextChange;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/** Receives context changes. */
@FunctionalInterface
public interface ContextSink {
    /**
     * Publishes changes; returns when all of them are stored.
     *
     * @throws KafkaException if a change is not accepted
     */
    void publish(List<ContextChange> changes) throws InterruptedException;

    /**
     * Removes keys permanently, so that later starts do not read them; returns when this is stored.
     *
     * @throws KafkaException if a removal is not accepted
     */
    default void delete(List<String> keys) throws InterruptedException {}
}
