package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.analytics.detector.Detectors;
import dev.weir.model.Evidence;
import dev.weir.model.Severity;
import java.util.Map;
import java.util.TreeMap;

/** The weight that the behaviour of others has for a finding. */
final class PriorUse {
    /** The least share of its confidence that a finding keeps, since the use of others is no proof. */
    static final double LEAST_SHARE = 0.5;

    private PriorUse() {}

    /**
     * The finding with the share {@code 1 - alike / (others + 1)} of its confidence.
     *
     * @param least the least share
     * @param name of the evidence's value that holds the number of others; that of those alike has {@code _alike}
     *     behind it
     */
    static Finding lowered(Finding finding, double least, String name, double others, double alike) {
        double share = Math.max(least, 1 - alike / (others + 1));
        return with(finding, finding.confidence() * share, name, others, alike);
    }

    /** The finding with odds that are higher by a factor. */
    static Finding raised(Finding finding, double factor, String name, double others) {
        double odds = factor * finding.confidence();
        return with(finding, odds / (odds + 1 - finding.confidence()), name, others, 0);
    }

    private static Finding with(Finding finding, double confidence, String name, double others, double alike) {
        double rounded = Math.round(confidence * 100) / 100.0;
        Evidence evidence = finding.evidence();
        Map<String, Double> expected = new TreeMap<>(evidence.expected());
        expected.put(name, (double) Math.round(others));
        expected.put(name + "_alike", (double) Math.round(alike));
        return finding.toBuilder()
                .severity(Severity.of(Detectors.impact(finding.detector()), rounded))
                .confidence(rounded)
                .evidence(new Evidence(evidence.observed(), expected, evidence.flows(), evidence.caveats()))
                .build();
    }
}
