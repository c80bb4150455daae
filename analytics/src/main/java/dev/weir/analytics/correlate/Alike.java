package dev.weir.analytics.correlate;

import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one incident and one technique.
 *
 * @param told how many were reported one by one
 * @param folded how many further ones there are, which share an alert
 * @param firstMs when the first of those was first seen
 * @param lastMs when the latest of all was last seen
 * @param severity the worst of those that are folded
 * @param confidence the highest of those
 * @param detectors of those, sorted
 * @param revision of the alert that they share
 */
public record Alike(
        int told,
        int folded,
        long firstMs,
        long lastMs,
        Severity severity,
        double confidence,
        List<String> detectors,
        long revision) {
    private static final int MAX_DETECTORS = 8;

    private static final Alike NONE = new Alike(0, 0, Long.MAX_VALUE, Long.MIN_VALUE, Severity.LOW, 0, List.of(), 0);

    /** What alerts of one incident must have in common: the first of their techniques, or their detector where there is none. */
    public static String key(String incident, Alert alert) {
        return incident + "|"
                + (alert.techniques().isEmpty()
                        ? alert.detector()
                        : alert.techniques().get(0));
    }

    /** With one more that is reported by itself. */
    public static Alike told(@Nullable Alike before, Alert alert) {
        Alike known = before == null ? NONE : before;
        return new Alike(
                known.told + 1,
                known.folded,
                known.firstMs,
                Math.max(known.lastMs, alert.lastSeenMs()),
                known.severity,
                known.confidence,
                known.detectors,
                known.revision);
    }

    /**
     * With an alert that is folded.
     *
     * @param isNew whether it has not been counted yet
     */
    public Alike folded(Alert alert, boolean isNew) {
        TreeSet<String> all = new TreeSet<>(detectors);
        if (all.size() < MAX_DETECTORS) {
            all.add(alert.detector());
        }
        return new Alike(
                told,
                folded + (isNew ? 1 : 0),
                Math.min(firstMs, alert.firstSeenMs()),
                Math.max(lastMs, alert.lastSeenMs()),
                severity.max(alert.severity()),
                Math.max(confidence, alert.confidence()),
                List.copyOf(all),
                revision + 1);
    }
}
