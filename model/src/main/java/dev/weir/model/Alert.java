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

    /** Whether this one is to replace {@code stored}: a higher revision, or the same one with more behind it. */
    public boolean supersedes(Alert stored) {
        return revision > stored.revision || (revision == stored.revision && count > stored.count);
    }
}
