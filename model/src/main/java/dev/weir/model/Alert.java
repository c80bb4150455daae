package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code weir.alerts}, keyed by {@code id}. An alert is sent again with a higher revision when it grows; a
 * consumer keeps the newest by {@link #supersedes}.
 *
 * @param id stable fingerprint of detector, cluster, source and the subject that the detector names
 * @param category an ATT&amp;CK tactic, or {@code policy}, {@code baseline}, {@code posture}
 * @param confidence 0 to 1
 * @param count flows behind the alert so far, or alerts if {@link #isOfAlerts}
 * @param ports destination ports, sorted, at most {@value #MAX_PORTS}
 * @param techniques ATT&amp;CK technique ids
 * @param incident id of the incident, which joins alerts of one actor or of a chain of actors
 * @param digest id of the alert that this one is folded into, because its namespace has used its budget of the day; the
 *     alert is kept, and no notification is sent for it alone
 * @param suppressedBy id of the decision that suppresses the alert
 */
public record Alert(
        String id,
        String detector,
        long revision,
        String category,
        Severity severity,
        double confidence,
        String title,
        String summary,
        long firstSeenMs,
        long lastSeenMs,
        long count,
        @Nullable Entity source,
        @Nullable Entity destination,
        List<Integer> ports,
        @Nullable String protocol,
        @Nullable String cluster,
        List<String> techniques,
        Evidence evidence,
        @Nullable PolicyEvidence policy,
        @Nullable String incident,
        @Nullable String digest,
        @Nullable String suppressedBy) {

    public static final int MAX_PORTS = 100;

    private static final Comparator<Alert> BY_COUNT =
            Comparator.comparingLong(Alert::count).thenComparingLong(Alert::revision);

    private static final Comparator<Alert> BY_TIME =
            Comparator.comparingLong(Alert::lastSeenMs).thenComparing(BY_COUNT);

    /** The detector id of the alert that names a chain. */
    public static final String LATERAL_MOVEMENT = "lateral-movement";

    /** The detector id of a digest. */
    public static final String DIGEST = "digest";

    public Alert {
        requireThere("id", id);
        requireThere("detector", detector);
        requireThere("category", category);
        requireThere("severity", severity);
        requireThere("title", title);
        requireThere("summary", summary);
        requireThere("ports", ports);
        requireThere("techniques", techniques);
        requireThere("evidence", evidence);
    }

    /**
     * Returns true if this alert is to replace {@code stored}. The time of the latest flow decides, then the number of
     * flows, since both are the same in every run, while a replay may reach them in fewer revisions. An alert that is
     * seen later with fewer flows is a new one of the same fingerprint: it began after the job had evicted the stored
     * one. Of an alert that stands for others the number decides, since the latest of them need not be seen last.
     */
    public boolean supersedes(Alert stored) {
        return isOfAlerts()
                ? BY_COUNT.compare(this, stored) > 0 || firstSeenMs > stored.lastSeenMs
                : BY_TIME.compare(this, stored) > 0;
    }

    /** True if no notification is sent for this alert alone: it is suppressed or part of a digest. */
    @JsonIgnore
    public boolean isUnreported() {
        return digest != null || suppressedBy != null;
    }

    /** True if it stands for other alerts, so that {@code count} is their number. */
    @JsonIgnore
    public boolean isOfAlerts() {
        return detector.equals(DIGEST) || detector.equals(LATERAL_MOVEMENT);
    }

    /** The actor: the source, or the destination when that alone is known. */
    public Entity actor() {
        boolean hasSource = source != null && !source.key().equals("unnamed");
        if (hasSource || destination == null) {
            return source == null ? Entity.unnamed() : source;
        }
        return destination;
    }

    /** The namespace that the alert belongs to: the actor's, else the destination's; null if neither has one. */
    public @Nullable String namespace() {
        String own = actor().namespace();
        return own != null || destination == null ? own : destination.namespace();
    }

    /** Returns the same alert with another revision and severity. */
    public Alert with(long otherRevision, Severity otherSeverity) {
        return copy(otherRevision, otherSeverity, incident, digest, suppressedBy);
    }

    /** Returns the same alert as part of an incident. */
    public Alert within(@Nullable String ofIncident, @Nullable String foldedInto, @Nullable String suppressedBy) {
        return copy(revision, severity, ofIncident, foldedInto, suppressedBy);
    }

    /** Returns the same alert with another text, other entities and other evidence. */
    public Alert withContent(
            String otherSummary,
            @Nullable Entity otherSource,
            @Nullable Entity otherDestination,
            Evidence otherEvidence,
            @Nullable PolicyEvidence otherPolicy) {
        return new Alert(
                id,
                detector,
                revision,
                category,
                severity,
                confidence,
                title,
                otherSummary,
                firstSeenMs,
                lastSeenMs,
                count,
                otherSource,
                otherDestination,
                ports,
                protocol,
                cluster,
                techniques,
                otherEvidence,
                otherPolicy,
                incident,
                digest,
                suppressedBy);
    }

    private Alert copy(
            long otherRevision,
            Severity otherSeverity,
            @Nullable String ofIncident,
            @Nullable String foldedInto,
            @Nullable String suppressedBy) {
        return new Alert(
                id,
                detector,
                otherRevision,
                category,
                otherSeverity,
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
                ofIncident,
                foldedInto,
                suppressedBy);
    }

    /** Requires a component that JSON may have left out despite its type. */
    private static void requireThere(String field, @Nullable Object value) {
        if (value == null) {
            throw new InvalidRecordException(field, "is missing");
        }
    }
}
