package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Activity;
import dev.weir.model.Feedback;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows slices to a detector as the operator does, and keeps its state. */
public final class DetectorHarness<S> {
    private final Detector<S> detector;
    private final List<Feedback> decisions = new ArrayList<>();
    private @Nullable S state;
    private final boolean isShownAll;
    private boolean isKnown;

    public DetectorHarness(Detector<S> detector) {
        this(detector, false);
    }

    /**
     * Creates a harness without state.
     *
     * @param isShownAll true to show slices that do not concern the detector as well
     */
    public DetectorHarness(Detector<S> detector, boolean isShownAll) {
        this.detector = detector;
        this.isShownAll = isShownAll;
    }

    public List<Finding> run(long slice, Activity... activities) {
        return step(slice, activities).findings();
    }

    public DetectorResult<S> step(long slice, Activity... activities) {
        if (!isShownAll
                && isKnown
                && activities.length > 0
                && Arrays.stream(activities).noneMatch(detector::concerns)) {
            return new DetectorResult<>(state, List.of());
        }
        isKnown = true;
        DetectorResult<S> result = detector.step(state, new Slice(slice, List.of(activities), Decisions.of(decisions)));
        state = result.state();
        return result;
    }

    /** Makes a decision that holds from the next slice on. */
    public void decide(Feedback decision) {
        decisions.add(decision);
    }

    public void undo(Feedback decision) {
        decisions.remove(decision);
    }

    public @Nullable S state() {
        return state;
    }
}
