package dev.weir.analytics.correlate;

import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one incident and one technique.
 *
 * @param reported the number that were reported one by one
 * @param folded the number of further ones, which share an alert
 * @param firstMs the time the first of those was first seen
 * @param lastMs the time the latest of all was last seen
 * @param severity the worst of those that are folded
 * @param confidence the highest of those
 * @param detectors of those, sorted
 * @param revision of the alert that they share
 */
public record TechniqueGroup(
        int reported,
        int folded,
        long firstMs,
        long lastMs,
        Severity severity,
        double confidence,
        List<String> detectors,
        long revision) {
    private static final int MAX_DETECTORS = 8;

    private static final TechniqueGroup NONE =
            new TechniqueGroup(0, 0, Long.MAX_VALUE, Long.MIN_VALUE, Severity.LOW, 0, List.of(), 0);

    /**
     * The key of the group that an alert of an incident belongs to: its first technique, or its detector if it has no
     * technique.
     */
    public static String key(String incident, Alert alert) {
        return incident + "|"
                + (alert.techniques().isEmpty()
                        ? alert.detector()
                        : alert.techniques().get(0));
    }

    /** A copy with one more alert that is reported by itself. */
    public static TechniqueGroup reported(@Nullable TechniqueGroup before, Alert alert) {
        TechniqueGroup known = before == null ? NONE : before;
        return new TechniqueGroup(
                known.reported + 1,
                known.folded,
                known.firstMs,
                Math.max(known.lastMs, alert.lastSeenMs()),
                known.severity,
                known.confidence,
                known.detectors,
                known.revision);
    }

    /**
     * A copy with an alert that is folded.
     *
     * @param isNew true if it has not been counted yet
     */
    public TechniqueGroup folded(Alert alert, boolean isNew) {
        TreeSet<String> all = new TreeSet<>(detectors);
        if (all.size() < MAX_DETECTORS) {
            all.add(alert.detector());
        }
        return new TechniqueGroup(
                reported,
                folded + (isNew ? 1 : 0),
                Math.min(firstMs, alert.firstSeenMs()),
                Math.max(lastMs, alert.lastSeenMs()),
                severity.max(alert.severity()),
                Math.max(confidence, alert.confidence()),
                List.copyOf(all),
                revision + 1);
    }
}
