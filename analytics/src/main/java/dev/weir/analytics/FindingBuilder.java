package dev.weir.analytics;

import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.Severity;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds findings part by part, and the alerts that they become. */
public final class FindingBuilder {
    private String detector;
    private String subject = "";
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

    /** Begins a finding of a detector or a policy outcome, with empty texts and evidence and without ends. */
    public FindingBuilder(String detector) {
        this.detector = detector;
    }

    /** Begins with the parts of a finding. */
    FindingBuilder(Finding finding) {
        detector = finding.detector();
        subject = finding.subject();
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

    public FindingBuilder detector(String value) {
        detector = value;
        return this;
    }

    public FindingBuilder subject(String value) {
        subject = value;
        return this;
    }

    public FindingBuilder category(String value) {
        category = value;
        return this;
    }

    public FindingBuilder severity(Severity value) {
        severity = value;
        return this;
    }

    public FindingBuilder confidence(double value) {
        confidence = value;
        return this;
    }

    public FindingBuilder title(String value) {
        title = value;
        return this;
    }

    public FindingBuilder summary(String value) {
        summary = value;
        return this;
    }

    public FindingBuilder firstSeenMs(long value) {
        firstSeenMs = value;
        return this;
    }

    public FindingBuilder lastSeenMs(long value) {
        lastSeenMs = value;
        return this;
    }

    public FindingBuilder count(long value) {
        count = value;
        return this;
    }

    public FindingBuilder source(Entity value) {
        source = value;
        return this;
    }

    public FindingBuilder destination(Entity value) {
        destination = value;
        return this;
    }

    public FindingBuilder ports(List<Integer> value) {
        ports = value;
        return this;
    }

    public FindingBuilder protocol(@Nullable String value) {
        protocol = value;
        return this;
    }

    public FindingBuilder cluster(@Nullable String value) {
        cluster = value;
        return this;
    }

    public FindingBuilder techniques(List<String> value) {
        techniques = value;
        return this;
    }

    public FindingBuilder evidence(Evidence value) {
        evidence = value;
        return this;
    }

    public FindingBuilder policy(@Nullable PolicyEvidence value) {
        policy = value;
        return this;
    }

    /** Builds the finding; an end that was not set is unnamed. */
    public Finding build() {
        return new Finding(
                detector,
                subject,
                category,
                severity,
                confidence,
                title,
                summary,
                firstSeenMs,
                lastSeenMs,
                count,
                Objects.requireNonNullElse(source, Entity.unnamed()),
                Objects.requireNonNullElse(destination, Entity.unnamed()),
                ports,
                protocol,
                cluster,
                techniques,
                evidence,
                policy);
    }

    /** Builds an alert, neither folded into a digest nor suppressed; an end that was not set is absent. */
    public Alert buildAlert(String id, long revision, @Nullable String incident) {
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
