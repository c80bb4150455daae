package dev.weir.analytics;

import dev.weir.analytics.correlate.IncidentsConfig;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.common.config.Bounds;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the Flink job.
 *
 * @param parallelism tasks for each stage
 * @param checkpointInterval how often state is made durable
 * @param outOfOrderness how much later than its successors a flow may come and still be in time
 * @param idleness silence after which a partition no longer holds up the others; time while Kafka is away does not count
 * @param maxClockSkew how far ahead of the clock a flow may end; beyond it the flow is rejected
 * @param history how far back context is kept
 * @param judgeIcmp whether ICMP is held against policies, though NetworkPolicy leaves open what it says of ICMP
 * @param maxEdges edges that a task rolls up before it flushes early
 */
public record AnalyticsConfig(
        Integer parallelism,
        Duration checkpointInterval,
        Duration outOfOrderness,
        Duration idleness,
        Duration maxClockSkew,
        Duration history,
        Boolean judgeIcmp,
        Integer maxEdges,
        DetectorsConfig detectors,
        IncidentsConfig incidents)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public AnalyticsConfig(
            @Nullable Integer parallelism,
            @Nullable Duration checkpointInterval,
            @Nullable Duration outOfOrderness,
            @Nullable Duration idleness,
            @Nullable Duration maxClockSkew,
            @Nullable Duration history,
            @Nullable Boolean judgeIcmp,
            @Nullable Integer maxEdges,
            @Nullable DetectorsConfig detectors,
            @Nullable IncidentsConfig incidents) {
        this.parallelism = parallelism == null ? 1 : parallelism;
        this.checkpointInterval = checkpointInterval == null ? Duration.ofSeconds(10) : checkpointInterval;
        this.outOfOrderness = outOfOrderness == null ? Duration.ofSeconds(10) : outOfOrderness;
        this.idleness = idleness == null ? Duration.ofSeconds(15) : idleness;
        this.maxClockSkew = maxClockSkew == null ? Duration.ofMinutes(10) : maxClockSkew;
        this.history = history == null ? Duration.ofHours(24) : history;
        this.judgeIcmp = judgeIcmp == null || judgeIcmp;
        this.maxEdges = maxEdges == null ? 50_000 : maxEdges;
        this.detectors = detectors == null ? DetectorsConfig.defaults() : detectors;
        this.incidents = incidents == null ? IncidentsConfig.defaults() : incidents;
        Bounds.requireOne("parallelism", this.parallelism);
        Bounds.requireOne("max_edges", this.maxEdges);
    }

    /** The defaults. */
    public static AnalyticsConfig defaults() {
        return new AnalyticsConfig(null, null, null, null, null, null, null, null, null, null);
    }

    /** The same for flows of any time, however far from the clock. */
    public AnalyticsConfig atAnyTime() {
        return with(outOfOrderness, idleness, Duration.ofSeconds(-1), detectors);
    }

    /** The same for flows that come quickly and in order. */
    public AnalyticsConfig waiting(Duration outOfOrder, Duration idle) {
        return with(outOfOrder, idle, maxClockSkew, detectors);
    }

    /** The same with another learning period. */
    public AnalyticsConfig learning(Duration learn) {
        return with(outOfOrderness, idleness, maxClockSkew, detectors.learning(learn));
    }

    private AnalyticsConfig with(Duration outOfOrder, Duration idle, Duration skew, DetectorsConfig other) {
        return new AnalyticsConfig(
                parallelism,
                checkpointInterval,
                outOfOrder,
                idle,
                skew,
                history,
                judgeIcmp,
                maxEdges,
                other,
                incidents);
    }
}
