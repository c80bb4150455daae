package dev.weir.analytics;

import dev.weir.analytics.correlate.IncidentsConfig;
import dev.weir.analytics.detector.DetectorsConfig;
import dev.weir.common.config.Bounds;
import dev.weir.common.config.ConfigException;
import dev.weir.model.ClusterNetworks;
import dev.weir.policy.NetworkAgent;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the Flink job.
 *
 * @param parallelism tasks for each stage
 * @param checkpointInterval time between two checkpoints
 * @param outOfOrderness the most that a flow may come later than its successors and still be in time
 * @param idleness silence after which a partition no longer holds up the others; time while Kafka is away does not
 *     count
 * @param maxClockSkew the most that a flow may end ahead of the clock; beyond it the flow is rejected
 * @param history the time for which context is kept
 * @param judgeIcmp true to judge ICMP by policies, though NetworkPolicy does not define its effect on ICMP
 * @param networkAgents the agents of network plugins that enforce the policies; none for those whose pods are found
 * @param inside blocks of addresses that are inside the cluster's networks; none for the default of {@link
 *     ClusterNetworks}
 * @param maxEdges edges that a task rolls up before it flushes early
 * @param state the place of the job's state
 */
public record AnalyticsConfig(
        Integer parallelism,
        Duration checkpointInterval,
        Duration outOfOrderness,
        Duration idleness,
        Duration maxClockSkew,
        Duration history,
        Boolean judgeIcmp,
        List<NetworkAgent> networkAgents,
        List<String> inside,
        Integer maxEdges,
        StateBackend state,
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
            @Nullable List<NetworkAgent> networkAgents,
            @Nullable List<String> inside,
            @Nullable Integer maxEdges,
            @Nullable StateBackend state,
            @Nullable DetectorsConfig detectors,
            @Nullable IncidentsConfig incidents) {
        this.parallelism = parallelism == null ? 1 : parallelism;
        this.checkpointInterval = checkpointInterval == null ? Duration.ofSeconds(10) : checkpointInterval;
        this.outOfOrderness = outOfOrderness == null ? Duration.ofSeconds(10) : outOfOrderness;
        this.idleness = idleness == null ? Duration.ofSeconds(15) : idleness;
        this.maxClockSkew = maxClockSkew == null ? Duration.ofMinutes(10) : maxClockSkew;
        this.history = history == null ? Duration.ofHours(24) : history;
        this.judgeIcmp = judgeIcmp == null || judgeIcmp;
        this.networkAgents = networkAgents == null ? List.of() : List.copyOf(networkAgents);
        this.inside = inside == null ? List.of() : List.copyOf(inside);
        this.maxEdges = maxEdges == null ? 50_000 : maxEdges;
        this.state = state == null ? StateBackend.AUTO : state;
        this.detectors = detectors == null ? DetectorsConfig.defaults() : detectors;
        this.incidents = incidents == null ? IncidentsConfig.defaults() : incidents;
        ClusterNetworks.of(this.inside); // refuses other texts than blocks
        Bounds.requireOne("parallelism", this.parallelism);
        Bounds.requireOne("max_edges", this.maxEdges);
    }

    /** The default settings. */
    public static AnalyticsConfig defaults() {
        return new AnalyticsConfig(null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** A copy that accepts flows of any time, however far from the clock. */
    public AnalyticsConfig atAnyTime() {
        return with(outOfOrderness, idleness, Duration.ofSeconds(-1), inside, state, detectors);
    }

    /** A copy for flows that come quickly and in order. */
    public AnalyticsConfig waiting(Duration outOfOrder, Duration idle) {
        return with(outOfOrder, idle, maxClockSkew, inside, state, detectors);
    }

    /** A copy with its state in another place. */
    public AnalyticsConfig keeping(StateBackend backend) {
        return with(outOfOrderness, idleness, maxClockSkew, inside, backend, detectors);
    }

    /**
     * A copy with these blocks of addresses inside the cluster's networks.
     *
     * @throws ConfigException naming a text that is no block
     */
    public AnalyticsConfig withInside(List<String> blocks) {
        return with(outOfOrderness, idleness, maxClockSkew, blocks, state, detectors);
    }

    /** A copy with another learning period. */
    public AnalyticsConfig learning(Duration learn) {
        return with(outOfOrderness, idleness, maxClockSkew, inside, state, detectors.learning(learn));
    }

    /**
     * A copy that learns edges inside, volumes and regular contacts for a shorter time; all peers outside, and
     * listening ports, keep theirs.
     */
    public AnalyticsConfig learningAtMost(Duration learn) {
        return with(outOfOrderness, idleness, maxClockSkew, inside, state, detectors.learningAtMost(learn));
    }

    private AnalyticsConfig with(
            Duration outOfOrder,
            Duration idle,
            Duration skew,
            List<String> blocks,
            StateBackend backend,
            DetectorsConfig other) {
        return new AnalyticsConfig(
                parallelism,
                checkpointInterval,
                outOfOrder,
                idle,
                skew,
                history,
                judgeIcmp,
                networkAgents,
                blocks,
                maxEdges,
                backend,
                other,
                incidents);
    }
}
