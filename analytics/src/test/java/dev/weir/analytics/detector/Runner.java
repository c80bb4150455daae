package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Activity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows slices to a detector as the operator would, and keeps its state. */
final class Runner<S> {
    private final Detector<S> detector;
    private @Nullable S state;

    Runner(Detector<S> detector) {
        this.detector = detector;
    }

    List<Finding> run(long slice, Activity... activities) {
        Step<S> step = detector.step(state, new Slice(slice, List.of(activities)));
        state = step.state();
        return step.findings();
    }

    @Nullable S state() {
        return state;
    }
}
