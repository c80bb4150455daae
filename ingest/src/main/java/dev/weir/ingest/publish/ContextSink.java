package dev.weir.ingest.publish;

import dev.weir.model.ContextChange;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/** Where changes of the context go. */
@FunctionalInterface
public interface ContextSink {
    /**
     * Returns when all of them are kept.
     *
     * @throws KafkaException when a change is not accepted
     */
    void publish(List<ContextChange> changes) throws InterruptedException;

    /**
     * Removes keys for good, so that no start reads them any more; returns when that is kept.
     *
     * @throws KafkaException when it is not accepted
     */
    default void forget(List<String> keys) throws InterruptedException {}
}
