package dev.weir.analytics.detector;

import dev.weir.model.Activity;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A detector: plain Java over a small state. It sees the slices of its key in order of event time, each complete, so its
 * results depend neither on parallelism nor on the order of arrival.
 *
 * @param <S> state, a type that Flink takes for a POJO (a public record of simple types, lists and maps)
 */
public interface Detector<S> extends Serializable {

    /** Stable, kebab-case. */
    String id();

    Scope scope();

    Class<S> stateType();

    /** Whether it asks for slices without activity. */
    default boolean wakes() {
        return false;
    }

    /**
     * Whether an activity can make a difference. To a key that is known, slices are not shown that have activities but none that
     * does: not even the first since the detector was switched on, so it must not matter when that was.
     */
    default boolean concerns(Activity activity) {
        return true;
    }

    /** How long after the last slice the state is worth keeping. */
    Duration retention();

    /**
     * Looks at a slice. One without activities is shown only to those that asked for it ({@link Step#wakeMs}), though others
     * may see it as well.
     *
     * @param state null for a key that is new, or whose state was forgotten; it is never changed, a step makes another
     */
    Step<S> step(@Nullable S state, Slice slice);
}
