package dev.weir.analytics.correlate;

import dev.weir.analytics.Finding;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.Severity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds alerts part by part, neither folded into a digest nor suppressed. */
final class AlertBuilder {
    private String id;
    private final String detector;
    private long revision = 1;
    private String category = "";
    private Severity severity = Severity.LOW;
    private double confidence;
    private String title = "";
    private String summary = "";
    private long firstSeenMs;
    private long lastSeenMs;
    private long count;
    private @Nullable Entity source;
    private @Nullable Entity destination;
    private List<Integer> ports = List.of();
    private @Nullable String protocol;
    private @Nullable String cluster;
    private List<String> techniques = List.of();
    private Evidence evidence = new Evidence(Map.of(), Map.of(), List.of(), List.of());
    private @Nullable PolicyEvidence policy;
    private @Nullable String incident;

    /** Begins an alert of a detector, with empty texts and evidence and without ends. */
    AlertBuilder(String id, String detector) {
        this.id = id;
        this.detector = detector;
    }

    /** Begins the alert of a finding's fingerprint, at revision 1. */
    AlertBuilder(Finding finding) {
        this(finding.fingerprint(), finding.detector());
        category = finding.category();
        severity = finding.severity();
        confidence = finding.confidence();
        title = finding.title();
        summary = finding.summary();
        firstSeenMs = finding.firstSeenMs();
        lastSeenMs = finding.lastSeenMs();
        count = finding.count();
        source = finding.source();
        destination = finding.destination();
        ports = finding.ports();
        protocol = finding.protocol();
        cluster = finding.cluster();
        techniques = finding.techniques();
        evidence = finding.evidence();
        policy = finding.policy();
    }

    AlertBuilder id(String value) {
        id = value;
        return this;
    }

    AlertBuilder revision(long value) {
        revision = value;
        return this;
    }

    AlertBuilder category(String value) {
        category = value;
        return this;
    }

    AlertBuilder severity(Severity value) {
        severity = value;
        return this;
    }

    AlertBuilder confidence(double value) {
        confidence = value;
        return this;
    }

    AlertBuilder title(String value) {
        title = value;
        return this;
    }

    AlertBuilder summary(String value) {
        summary = value;
        return this;
    }

    AlertBuilder firstSeenMs(long value) {
        firstSeenMs = value;
        return this;
    }

    AlertBuilder lastSeenMs(long value) {
        lastSeenMs = value;
        return this;
    }

    AlertBuilder count(long value) {
        count = value;
        return this;
    }

    AlertBuilder source(@Nullable Entity value) {
        source = value;
        return this;
    }

    AlertBuilder destination(@Nullable Entity value) {
        destination = value;
        return this;
    }

    AlertBuilder ports(List<Integer> value) {
        ports = value;
        return this;
    }

    AlertBuilder protocol(@Nullable String value) {
        protocol = value;
        return this;
    }

    AlertBuilder cluster(@Nullable String value) {
        cluster = value;
        return this;
    }

    AlertBuilder techniques(List<String> value) {
        techniques = value;
        return this;
    }

    AlertBuilder evidence(Evidence value) {
        evidence = value;
        return this;
    }

    AlertBuilder policy(@Nullable PolicyEvidence value) {
        policy = value;
        return this;
    }

    AlertBuilder incident(@Nullable String value) {
        incident = value;
        return this;
    }

    Alert build() {
        return new Alert(
                id,
                detector,
                revision,
                category,
                severity,
                confidence,
                title,
                summary,
                firstSeenMs,
                lastSeenMs,
                count,
                source,
                destination,
                ports,
                protocol,
                cluster,
                techniques,
                evidence,
                policy,
                incident,
                null,
                null);
    }
}
