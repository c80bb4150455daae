package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.analytics.FindingBuilder;
import dev.weir.model.Alert;
import dev.weir.model.Severity;
import java.util.List;
import java.util.Objects;

/** Adds findings to the alert of their fingerprint. The result does not depend on the order of the findings. */
public final class Correlator {
    /** The number of attempts from which a policy's denials are more than noise. */
    private static final long DENIED_OFTEN = 20;

    private static final long DENIED_VERY_OFTEN = 500;

    private Correlator() {}

    /** The alert of a first finding. */
    public static Alert first(Finding finding) {
        return escalated(finding.toBuilder().buildAlert(finding.fingerprint(), 1, null));
    }

    /** The alert with further findings, one revision on. */
    public static Alert grown(Alert alert, List<Finding> findings) {
        if (findings.isEmpty()) {
            return escalated(alert.with(alert.revision() + 1, alert.severity()));
        }
        Finding more = Finding.merged(findings);
        Finding before = asFinding(alert, more);
        Finding latest = more.lastSeenMs() >= before.lastSeenMs() ? more : before;
        return escalated(Finding.merged(latest, List.of(before, more)).toBuilder()
                .category(alert.category())
                .techniques(alert.techniques())
                .buildAlert(alert.id(), alert.revision() + 1, null));
    }

    /**
     * The findings of an alert so far, summed up as one; an end that the alert does not have is that of {@code other}.
     */
    private static Finding asFinding(Alert alert, Finding other) {
        return new FindingBuilder(alert.detector())
                .category(alert.category())
                .severity(alert.severity())
                .confidence(alert.confidence())
                .title(alert.title())
                .summary(alert.summary())
                .firstSeenMs(alert.firstSeenMs())
                .lastSeenMs(alert.lastSeenMs())
                .count(alert.count())
                .source(Objects.requireNonNullElse(alert.source(), other.source()))
                .destination(Objects.requireNonNullElse(alert.destination(), other.destination()))
                .ports(alert.ports())
                .protocol(alert.protocol())
                .cluster(alert.cluster())
                .techniques(alert.techniques())
                .evidence(alert.evidence())
                .policy(alert.policy())
                .build();
    }

    private static Alert escalated(Alert a) {
        Severity severity = a.severity();
        if (a.detector().equals("policy-denied") && a.count() >= DENIED_OFTEN) {
            severity = severity.max(a.count() >= DENIED_VERY_OFTEN ? Severity.HIGH : Severity.MEDIUM);
        }
        return severity == a.severity() ? a : a.with(a.revision(), severity);
    }
}
