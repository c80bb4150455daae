package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Flow;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.Severity;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Adds findings to the alert of their fingerprint. The result does not depend on the order of the findings. */
public final class Correlator {
    /** The number of attempts from which a policy's denials are more than noise. */
    private static final long DENIED_OFTEN = 20;

    private static final long DENIED_VERY_OFTEN = 500;

    private Correlator() {}

    /** The alert of a first finding. */
    public static Alert first(Finding finding) {
        return escalated(new Alert(
                finding.fingerprint(),
                finding.detector(),
                1,
                finding.category(),
                finding.severity(),
                finding.confidence(),
                finding.title(),
                finding.summary(),
                finding.firstSeenMs(),
                finding.lastSeenMs(),
                finding.count(),
                finding.source(),
                finding.destination(),
                finding.ports(),
                finding.protocol(),
                finding.cluster(),
                finding.techniques(),
                finding.evidence(),
                finding.policy(),
                null,
                null,
                null));
    }

    /** The alert with further findings, one revision on. */
    public static Alert grown(Alert alert, List<Finding> findings) {
        Alert grown = findings.isEmpty() ? alert : plus(alert, Finding.merged(findings));
        return escalated(grown.with(alert.revision() + 1, grown.severity()));
    }

    /** The sum of both: text and figures of the later one, sums and extremes of both. */
    private static Alert plus(Alert a, Finding f) {
        boolean later = f.lastSeenMs() >= a.lastSeenMs();
        PolicyEvidence policy = later ? f.policy() : a.policy();
        Entity source = a.source() == null ? f.source() : a.source().common(f.source());
        Entity destination =
                a.destination() == null ? f.destination() : a.destination().common(f.destination());
        return new Alert(
                a.id(),
                a.detector(),
                a.revision(),
                a.category(),
                a.severity().max(f.severity()),
                Math.max(a.confidence(), f.confidence()),
                later ? f.title() : a.title(),
                later ? f.summary() : a.summary(),
                Math.min(a.firstSeenMs(), f.firstSeenMs()),
                Math.max(a.lastSeenMs(), f.lastSeenMs()),
                a.count() + f.count(),
                source,
                destination,
                ports(a.ports(), f.ports()),
                a.protocol() != null && a.protocol().equals(f.protocol()) ? a.protocol() : null,
                a.cluster(),
                a.techniques(),
                evidence(a.evidence(), f.evidence(), later),
                policy,
                null,
                null,
                null);
    }

    private static Evidence evidence(Evidence a, Evidence f, boolean later) {
        List<Flow> flows = Stream.concat(a.flows().stream(), f.flows().stream())
                .distinct()
                .sorted(Comparator.comparingLong(Flow::startMs).thenComparing(Flow::toString))
                .limit(Evidence.MAX_FLOWS)
                .toList();
        TreeSet<String> caveats = new TreeSet<>(a.caveats());
        caveats.addAll(f.caveats());
        return new Evidence(
                later ? f.observed() : a.observed(), later ? f.expected() : a.expected(), flows, List.copyOf(caveats));
    }

    private static List<Integer> ports(List<Integer> a, List<Integer> b) {
        TreeSet<Integer> ports = new TreeSet<>(a);
        ports.addAll(b);
        return ports.stream().limit(Alert.MAX_PORTS).toList();
    }

    private static Alert escalated(Alert a) {
        Severity severity = a.severity();
        if (a.detector().equals("policy-denied") && a.count() >= DENIED_OFTEN) {
            severity = severity.max(a.count() >= DENIED_VERY_OFTEN ? Severity.HIGH : Severity.MEDIUM);
        }
        return severity == a.severity() ? a : a.with(a.revision(), severity);
    }
}
