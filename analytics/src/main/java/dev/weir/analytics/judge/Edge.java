package dev.weir.analytics.judge;

import dev.weir.model.Entity;
import dev.weir.model.Flow;
import org.jspecify.annotations.Nullable;

/** What all flows share that have the same ends, port and verdict while the cluster stays as it is: they are judged once. */
final class Edge {
    final Judgement judgement;
    final Entity source;
    final Entity destination;
    /** Of the activities that it is a part of: pods of one workload have the same. */
    final String activityKey;
    /** The slice that was last added to; null when that is closed. */
    @Nullable EdgeSlice latest;

    Edge(Judgement judgement) {
        Flow flow = judgement.flow();
        PolicyOutcome outcome = judgement.outcome();
        this.judgement = judgement;
        this.source = Entity.of(flow.source());
        this.destination = Entity.of(flow.destination());
        this.activityKey = String.join(
                " ",
                source.key(),
                destination.key(),
                flow.protocol(),
                String.valueOf(flow.destination().port()),
                judgement.observed().name(),
                outcome == null ? "" : outcome.id(),
                String.valueOf(flow.cluster()));
    }
}
