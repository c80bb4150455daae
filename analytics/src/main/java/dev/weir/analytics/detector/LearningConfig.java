package dev.weir.analytics.detector;

import java.time.Duration;

/** Settings of a detector that learns for a time before it judges. */
public interface LearningConfig {
    /** The least time of learning, in event time. */
    Duration learn();

    /** The same settings with another time of learning. */
    Record learning(Duration other);
}
