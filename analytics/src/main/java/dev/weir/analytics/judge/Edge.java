package dev.weir.analytics.judge;

import dev.weir.model.Activity;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import org.jspecify.annotations.Nullable;

/** What all flows share that have the same ends, port and verdict while the cluster stays as it is: they are judged once. */
final class Edge {
    /** Labels and names of both ends. */
    private static final int ORDINARY_NAMES = 32;

    final Judgement judgement;
    final Entity source;
    final Entity destination;
    /** Whether objects of the cluster confirm the ends, and not the record alone. */
    final boolean isSourceKnown;

    final boolean isDestinationKnown;
    /** {@link Activity#edgeKey} of the activities that it is a part of: pods of one workload have the same. */
    final String activityKey;
    /** The slice that was last added to; null when that is closed. */
    @Nullable EdgeSlice latest;

    Edge(Judgement judgement, boolean isSourceKnown, boolean isDestinationKnown) {
        Flow flow = judgement.flow();
        this.judgement = judgement;
        this.source = Entity.of(flow.source());
        this.destination = Entity.of(flow.destination());
        this.isSourceKnown = isSourceKnown;
        this.isDestinationKnown = isDestinationKnown;
        this.activityKey =
                key(judgement, source, destination, flow.destination().port());
    }

    /** The key of its activities when they are about several ends. */
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

    /** How many ordinary edges would take as much memory. */
    int weight() {
        return 1 + (names(judgement.flow().source()) + names(judgement.flow().destination())) / ORDINARY_NAMES;
    }

    private static int names(Endpoint end) {
        return (end.labels() == null ? 0 : end.labels().size())
                + (end.names() == null ? 0 : end.names().size());
    }
}
