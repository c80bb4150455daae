package dev.weir.ingest.publish;

import dev.weir.model.Flow;

/** Receives flows that are ready to be published. */
@FunctionalInterface
public interface FlowSink {
    /**
     * Accepts a flow.
     *
     * @param collector kind of the collector that read it
     * @return false if there was no room for the flow, which the sink has counted
     */
    boolean accept(String collector, Flow flow);
}
