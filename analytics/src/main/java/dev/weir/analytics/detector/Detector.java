package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Looks for one kind of behaviour: plain Java over a small state. A detector sees the slices of its key in order of
 * event time, each complete, so its results depend neither on parallelism nor on the order of arrival.
 *
 * @param <S> state, a type that Flink takes for a POJO (a public record of simple types, lists and maps)
 */
public interface Detector<S> extends Serializable {

    /** The id, and the properties that the detector's findings have in common. */
    DetectorInfo info();

    /** The detector's id, kebab-case. It never changes, since alerts are stored by it. */
    default String id() {
        return info().id();
    }

    DetectorScope scope();

    Class<S> stateType();

    /** True if the detector may ask for slices without activity. */
    default boolean wakes() {
        return false;
    }

    /**
     * True if an activity can make a difference to the detector. A known key whose slice has activities but none that
     * concerns the detector is not shown that slice. This includes the first slice after the detector was switched on,
     * so its time must not matter.
     */
    default boolean concerns(Activity activity) {
        return true;
    }

    /**
     * True if the detector learns for how long a workload is known from activities of which the workload is the other
     * end: it is shown a slice without activities in each hour that has such.
     */
    default boolean learnsFromSights() {
        return false;
    }

    /** The time after the latest slice for which the state is kept. */
    Duration retention();

    /**
     * Looks at one slice. A slice without activities comes only to a key that asked for it ({@link
     * DetectorResult#wakeMs}), though other detectors of that key may see it as well, and to those that learn from
     * sights.
     *
     * @param state null for a key that is new, or whose state was removed; it is never changed, each step makes a new
     *     one
     */
    DetectorResult<S> step(@Nullable S state, Slice slice);
}
