package dev.weir.analytics.detector.beaconing;

import dev.weir.analytics.detector.LearningConfig;
import java.io.Serializable;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code beaconing}.
 *
 * @param connections the least connections to one peer to judge it by
 * @param span the least time that they spread over, unless their intervals are much likelier of a schedule than of
 *     chance
 * @param unanswered the least connections to a peer that answered none of them
 * @param regularity the least, of 1, that counts as regular
 * @param score the least, of 1, that makes a finding
 * @param learn how long a workload must be known before a new peer of it adds to the score
 * @param usualPorts destination ports that programs are expected to use outside
 * @param ignoredPorts destination ports of protocols that are regular by their nature, such as time; at the
 *     port of NTP only as long as answers are as large as the questions
 */
public record BeaconingConfig(
        Integer connections,
        Duration span,
        Integer unanswered,
        Double regularity,
        Double score,
        Duration learn,
        Set<Integer> usualPorts,
        Set<Integer> ignoredPorts)
        implements LearningConfig, Serializable {
    private static final long serialVersionUID = 1L;

    public BeaconingConfig(
            @Nullable Integer connections,
            @Nullable Duration span,
            @Nullable Integer unanswered,
            @Nullable Double regularity,
            @Nullable Double score,
            @Nullable Duration learn,
            @Nullable Set<Integer> usualPorts,
            @Nullable Set<Integer> ignoredPorts) {
        this.connections = connections == null ? 30 : connections;
        this.span = span == null ? Duration.ofHours(1) : span;
        this.unanswered = unanswered == null ? 30 : unanswered;
        this.regularity = regularity == null ? 0.6 : regularity;
        this.score = score == null ? 0.75 : score;
        this.learn = learn == null ? Duration.ofHours(24) : learn;
        this.usualPorts = usualPorts == null ? Set.of(25, 80, 443, 465, 587, 853, 993) : Set.copyOf(usualPorts);
        this.ignoredPorts = ignoredPorts == null ? Set.of(53, 67, 68, 123, 5353) : Set.copyOf(ignoredPorts);
    }

    @Override
    public BeaconingConfig learning(Duration other) {
        return new BeaconingConfig(connections, span, unanswered, regularity, score, other, usualPorts, ignoredPorts);
    }
}
