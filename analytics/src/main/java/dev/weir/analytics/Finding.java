package dev.weir.analytics;

import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.Severity;
import dev.weir.model.codec.Sha256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a detector, or the judging of a policy, has to say about some flows. Findings of one {@link #fingerprint} make one
 * alert; their counts add up.
 *
 * @param subject what tells this finding from others of the same detector and source, for example the destination
 * @param count flows behind this finding that no earlier one counted
 */
public record Finding(
        String detector,
        String subject,
        String category,
        Severity severity,
        double confidence,
        String title,
        String summary,
        long firstSeenMs,
        long lastSeenMs,
        long count,
        Entity source,
        Entity destination,
        List<Integer> ports,
        @Nullable String protocol,
        @Nullable String cluster,
        List<String> techniques,
        Evidence evidence,
        @Nullable PolicyEvidence policy) {

    /** The same, weighed anew. */
    public Finding with(Severity newSeverity, double newConfidence, Evidence newEvidence) {
        return new Finding(
                detector,
                subject,
                category,
                newSeverity,
                newConfidence,
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
                newEvidence,
                policy);
    }

    /** 16 hex digits, the same in every run for the same detector, cluster, source and subject. */
    public String fingerprint() {
        return fingerprint(detector, cluster, source, subject);
    }

    /** That of a finding with these parts. */
    public static String fingerprint(String detector, @Nullable String cluster, Entity source, String subject) {
        String identity = String.join("\n", detector, cluster == null ? "" : cluster, source.key(), subject);
        return Sha256.hex(identity, 8);
    }
}
