package dev.weir.analytics.judge;

import dev.weir.model.Activity;
import dev.weir.model.ClusterNetworks;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.Outside;
import dev.weir.model.Verdict;
import dev.weir.model.codec.FlowNames;
import dev.weir.model.context.Clusters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The common part of all flows with the same ends, port and verdict while the context does not change: they are judged
 * once.
 */
final class JudgedEdge {
    /** The fields that its flows share. {@code epoch} distinguishes flows before and after a context change. */
    record Key(
            Endpoint source,
            Endpoint destination,
            int port,
            String protocol,
            Verdict observed,
            boolean seenLeavingOnly,
            @Nullable String cluster,
            long epoch) {}

    final Key key;
    final Judgement judgement;
    final Entity source;
    final Entity destination;
    /** True if an object of the cluster confirms the source, and not the record alone. */
    final boolean isSourceKnown;

    /** True if an object of the cluster confirms the destination, and not the record alone. */
    final boolean isDestinationKnown;

    /** The ends that are outside the cluster's networks. */
    final Outside outside;
    /**
     * The {@link Activity#edgeKey} of the activities that this edge is a part of: pods of one workload have the same.
     */
    final String activityKey;
    /** The names of the samples. */
    final FlowNames names;

    /** The edges of requests that are judged in different ways, as many as there are decisions. */
    private final List<JudgedEdge> ofRequests = new ArrayList<>(0);

    /** The slice that was last added to; null if that is closed. */
    @Nullable EdgeSlice latest;

    JudgedEdge(Key key, Judgement judgement, Clusters.Membership membership, ClusterNetworks networks) {
        Flow flow = judgement.flow();
        this.key = key;
        this.judgement = judgement;
        this.names = new FlowNames(flow);
        this.source = Entity.of(flow.source());
        this.destination = Entity.of(flow.destination());
        this.isSourceKnown = membership.knows(flow.source(), flow.startMs());
        this.isDestinationKnown = membership.knows(flow.destination(), flow.startMs());
        this.outside = networks.outside(source, flow.source().ip(), destination, membership.context()::isOfPods);
        this.activityKey =
                key(judgement, source, destination, flow.destination().port());
    }

    /** Returns the edge of the same connection with another judgement, one for all that say the same. */
    JudgedEdge like(Judgement other, Judge judge, ClusterNetworks networks) {
        for (JudgedEdge each : ofRequests) {
            if (each.judgement.isLike(other)) {
                return each;
            }
        }
        JudgedEdge made = new JudgedEdge(key, other, judge.membership(other.flow()), networks);
        ofRequests.add(made);
        return made;
    }

    /** The key of the activities if they are about several ends. */
    String keyOfSeveral() {
        return key(judgement, Entity.unnamed(), Entity.unnamed(), null);
    }

    private static String key(Judgement judgement, Entity source, Entity destination, @Nullable Integer port) {
        Flow flow = judgement.flow();
        PolicyOutcome outcome = judgement.outcome();
        return Activity.edgeKey(
                source,
                destination,
                flow.protocol(),
                port,
                judgement.observed(),
                outcome == null ? null : outcome.id(),
                flow.cluster());
    }

    /** The number of ordinary edges that would take as much memory. */
    int weight() {
        return judgement.flow().weight();
    }
}
