package dev.weir.analytics.correlate;

import dev.weir.model.Feedback;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts, by detector, the alerts that people decided to be expected, and not to be. */
public final class Precision {
    private final Map<String, long[]> judged = new HashMap<>();

    /**
     * Replaces one decision by another of the same id.
     *
     * @param before null if there was none
     * @param after null if it was undone
     * @return the detector, if it was judged for the first time; else null
     */
    public @Nullable String replace(@Nullable Feedback before, @Nullable Feedback after) {
        int known = judged.size();
        count(before, -1);
        count(after, 1);
        return judged.size() > known && after != null ? after.detector() : null;
    }

    private void count(@Nullable Feedback decision, int by) {
        if (decision == null || decision.detector() == null) {
            return;
        }
        boolean notExpected = decision.action() == Feedback.Action.NOT_EXPECTED;
        if (notExpected || decision.action() == Feedback.Action.EXPECTED) {
            judged.computeIfAbsent(decision.detector(), each -> new long[2])[notExpected ? 0 : 1] += by;
        }
    }

    public long notExpected(String detector) {
        return judged.getOrDefault(detector, new long[2])[0];
    }

    public long expected(String detector) {
        return judged.getOrDefault(detector, new long[2])[1];
    }

    /** The share of the decided alerts that were not expected; not a number if there are none. */
    public double of(String detector) {
        return notExpected(detector) / (double) (notExpected(detector) + expected(detector));
    }
}
