package dev.weir.ingest.publish;

import dev.weir.model.Flow;

/** Where flows go that are ready. */
@FunctionalInterface
public interface FlowSink {
    /**
     * @param collector kind of the collector that read it
     * @return false when it could not be taken, which the sink has counted
     */
    boolean accept(String collector, Flow flow);
}
