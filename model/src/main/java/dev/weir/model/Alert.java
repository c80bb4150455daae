package dev.weir.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code weir.alerts}, keyed by {@code id}. An alert is sent again with a higher revision when it grows; a
 * receiver keeps the newest by {@link #supersedes}.
 *
 * @param id stable fingerprint of detector, cluster, source and what the detector tells apart
 * @param category an ATT&amp;CK tactic, or {@code policy}, {@code baseline}, {@code posture}
 * @param confidence 0 to 1
 * @param count flows behind the alert so far
 * @param ports destination ports, sorted, at most {@value #MAX_PORTS}
 * @param techniques ATT&amp;CK technique ids
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
        @Nullable PolicyEvidence policy) {

    public static final int MAX_PORTS = 100;

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
     * Whether this one is to replace {@code stored}. What counts is how many flows are behind it, for that is the same in
     * every run, while a replay may come to the same count in fewer revisions. An alert that began after the stored one
     * ended is a new one of the same fingerprint, whose count starts over.
     */
    public boolean supersedes(Alert stored) {
        return count > stored.count
                || (count == stored.count && revision > stored.revision)
                || firstSeenMs > stored.lastSeenMs;
    }

    /** From JSON any component may be absent, whatever its type says. */
    private static void requireThere(String field, @Nullable Object value) {
        if (value == null) {
            throw new InvalidRecordException(field, "is missing");
        }
    }
}
