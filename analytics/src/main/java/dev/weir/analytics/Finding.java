package dev.weir.analytics;

import dev.weir.common.Sha256;
import dev.weir.model.Alert;
import dev.weir.model.Entity;
import dev.weir.model.Evidence;
import dev.weir.model.Flow;
import dev.weir.model.PolicyEvidence;
import dev.weir.model.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The report of a detector, or of the judging of a policy, about one slice. Findings of one {@link #fingerprint} make
 * one alert; their counts add up.
 *
 * @param subject distinguishes this finding from others of the same detector and source, for example the destination
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
    private static final Comparator<Finding> ORDER = Comparator.comparingLong(Finding::lastSeenMs)
            .thenComparingLong(Finding::firstSeenMs)
            .thenComparingLong(Finding::count)
            .thenComparing(Finding::summary);
    private static final Comparator<Flow> EARLIEST =
            Comparator.comparingLong(Flow::startMs).thenComparing(Flow::toString);

    /**
     * The sum of several findings of one fingerprint, in any order: text and figures of the latest, sums and extremes
     * of all. Findings that two detectors have of the same flows count once.
     */
    public static Finding merged(List<Finding> findings) {
        Map<Seen, Finding> distinct = new LinkedHashMap<>();
        List<Finding> all = new ArrayList<>();
        for (Finding each : findings) {
            List<Flow> flows = each.evidence.flows();
            if (flows.isEmpty()) {
                all.add(each);
            } else {
                distinct.merge(new Seen(each.lastSeenMs, each.count, flows), each, BinaryOperator.maxBy(ORDER));
            }
        }
        all.addAll(distinct.values());
        return merged(Collections.max(all, ORDER), all);
    }

    /** The flows of a finding, by which it is the same as that of another detector. */
    private record Seen(long lastSeenMs, long count, List<Flow> flows) {}

    /**
     * The sum of several findings of one fingerprint, in any order: sums and extremes of all.
     *
     * @param latest the one of them whose text and figures the sum has
     */
    public static Finding merged(Finding latest, List<Finding> findings) {
        FindingBuilder sum = latest.toBuilder();
        Severity severity = latest.severity;
        double confidence = latest.confidence;
        long firstSeenMs = latest.firstSeenMs;
        long count = 0;
        Entity source = latest.source;
        Entity destination = latest.destination;
        TreeSet<Integer> ports = new TreeSet<>();
        TreeSet<String> caveats = new TreeSet<>();
        for (Finding each : findings) {
            severity = severity.max(each.severity);
            confidence = Math.max(confidence, each.confidence);
            firstSeenMs = Math.min(firstSeenMs, each.firstSeenMs);
            count += each.count;
            source = source.common(each.source);
            destination = destination.common(each.destination);
            ports.addAll(each.ports);
            if (!Objects.equals(latest.protocol, each.protocol)) {
                sum.protocol(null);
            }
            caveats.addAll(each.evidence.caveats());
        }
        List<Flow> flows = findings.stream()
                .flatMap(each -> each.evidence.flows().stream())
                .distinct()
                .sorted(EARLIEST)
                .limit(Evidence.MAX_FLOWS)
                .toList();
        return sum.severity(severity)
                .confidence(confidence)
                .firstSeenMs(firstSeenMs)
                .count(count)
                .source(source)
                .destination(destination)
                .ports(ports.stream().limit(Alert.MAX_PORTS).toList())
                .evidence(new Evidence(
                        latest.evidence.observed(), latest.evidence.expected(), flows, List.copyOf(caveats)))
                .build();
    }

    /** A builder with the parts of this finding. */
    public FindingBuilder toBuilder() {
        return new FindingBuilder(this);
    }

    /** The fingerprint: 16 hex digits, the same in every run for the same detector, cluster, source and subject. */
    public String fingerprint() {
        return fingerprint(detector, cluster, source, subject);
    }

    /** The fingerprint of a finding with these parts. */
    public static String fingerprint(String detector, @Nullable String cluster, Entity source, String subject) {
        String identity = String.join("\n", detector, cluster == null ? "" : cluster, source.key(), subject);
        return Sha256.hex(identity, 8);
    }
}
