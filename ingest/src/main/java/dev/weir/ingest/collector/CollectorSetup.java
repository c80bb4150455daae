package dev.weir.ingest.collector;

import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import java.time.InstantSource;

/** The parts of a process that a collector of flows needs. */
public interface CollectorSetup {

    /** Creates a pipeline that drops flows if there is no room, for sources that cannot be slowed down. */
    FlowPipeline dropping(String kind);

    /** Creates a pipeline that waits for room, for sources that can be slowed down. */
    FlowPipeline waiting(String kind, FlowClock time);

    /** Creates a pipeline that waits for room and goes by the time of arrival. */
    default FlowPipeline waiting(String kind) {
        return waiting(kind, FlowClock.arrival(clock()));
    }

    InstantSource clock();

    IngestMetrics metrics();
}
