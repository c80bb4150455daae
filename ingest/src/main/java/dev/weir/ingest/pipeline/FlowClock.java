package dev.weir.ingest.pipeline;

import dev.weir.model.Flow;
import java.time.InstantSource;

/** The time by which the stages of a pipeline measure how long a reporter is silent and a record waits. */
public interface FlowClock {
    /** Returns the time at which a flow enters the pipeline, in milliseconds since the epoch. */
    long at(Flow flow);

    /** Returns the current time, in milliseconds since the epoch. */
    long now();

    /** Returns the clock for flows that arrive as they happen: the time of arrival. */
    static FlowClock arrival(InstantSource clock) {
        return new FlowClock() {
            @Override
            public long at(Flow flow) {
                return clock.millis();
            }

            @Override
            public long now() {
                return clock.millis();
            }
        };
    }
}
