package dev.weir.policy.simulate;

import dev.weir.model.Expected;
import dev.weir.model.Flow;
import dev.weir.model.PolicyRef;
import dev.weir.model.Verdict;
import dev.weir.policy.Decider;
import dev.weir.policy.Decision;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import dev.weir.policy.explain.Explainer;
import dev.weir.policy.explain.Explanation;
import dev.weir.policy.replay.Cadence;
import dev.weir.policy.replay.Recorded;
import dev.weir.policy.replay.RecordedEnd;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges flows one by one by the current and the proposed policies, and keeps the edges that change. Without current
 * policies, the verdicts of the flows stand for them.
 */
public final class Simulation {
    /** The maximum number of edges of one effect; further ones are counted and not listed. */
    public static final int MAX_EDGES = 20_000;

    private final Recorded recorded;
    private final @Nullable Decider current;
    private final Decider proposed;
    private final Map<Key, Edge> edges = new LinkedHashMap<>();
    private final int[] listed = new int[Change.Effect.values().length];
    private long flows;
    private long unlisted;

    private record Key(Change.Effect effect, String source, String destination, String service) {}

    private record Edge(Cadence cadence, List<PolicyRef> decidedBy, String because) {}

    /**
     * Creates a simulation.
     *
     * @param current null to compare the proposal with the verdicts of the flows
     */
    public Simulation(Recorded recorded, @Nullable PolicySet current, PolicySet proposed) {
        this.recorded = recorded;
        this.current = current == null ? null : new Decider(current);
        this.proposed = new Decider(proposed);
    }

    public void accept(Flow flow) {
        flows++;
        RecordedEnd source = recorded.source(flow);
        RecordedEnd destination = recorded.destination(flow);
        List<Traffic> traffic = Recorded.traffic(flow, source, destination);
        Boolean after = passes(traffic, proposed);
        Decider decider = current;
        Boolean before =
                decider == null ? Boolean.valueOf(flow.verdict() != Verdict.DROPPED) : passes(traffic, decider);
        if (after != null && after.equals(before)) {
            return;
        }
        Change.Effect effect = after == null || before == null
                ? Change.Effect.UNCLEAR
                : after ? Change.Effect.OPENS : Change.Effect.BREAKS;
        Integer port = flow.destination().port();
        String service = port == null || port == 0 ? flow.protocol() : flow.protocol() + "/" + port;
        Key key = new Key(effect, source.display(), destination.display(), service);
        Edge edge = edges.get(key);
        if (edge == null) {
            if (listed[effect.ordinal()] >= MAX_EDGES) {
                unlisted++;
                return;
            }
            edge = edge(traffic, source, destination);
            listed[effect.ordinal()]++;
            edges.put(key, edge);
        }
        edge.cadence().add(flow.startMs(), flow.endMs());
    }

    /** The number of flows judged. */
    public long flows() {
        return flows;
    }

    /** The number of flows whose edges were too many to list. */
    public long unlisted() {
        return unlisted;
    }

    /** The changes by effect, the edges with most flows first. */
    public List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        edges.forEach((key, edge) -> changes.add(new Change(
                key.effect(),
                key.source(),
                key.destination(),
                key.service(),
                edge.cadence(),
                edge.decidedBy(),
                edge.because())));
        changes.sort(Comparator.comparing(Change::effect)
                .thenComparing(Comparator.comparingLong(
                                (Change change) -> change.cadence().count())
                        .reversed())
                .thenComparing(Change::source)
                .thenComparing(Change::destination)
                .thenComparing(Change::service));
        return changes;
    }

    /**
     * True or false if the traffic passes or not; null when that is unknown: a pod is not known, or the pods behind a
     * Service are treated differently.
     */
    private static @Nullable Boolean passes(List<Traffic> traffic, Decider decider) {
        Boolean passes = null;
        for (Traffic each : traffic) {
            Decision decision = decider.decide(each);
            if (decision.expected() == Expected.UNKNOWN) {
                return null;
            }
            boolean one = decision.expected() != Expected.DENY;
            if (passes != null && passes != one) {
                return null;
            }
            passes = one;
        }
        return passes;
    }

    private static String severalReason(RecordedEnd source, RecordedEnd destination) {
        boolean behind = destination.display().endsWith("(Service)");
        return behind
                ? "The pods behind " + destination.display() + " are not treated alike."
                : "It depends on labels of " + (source.peers().size() > 1 ? source : destination).display()
                        + ", which nothing describes.";
    }

    private Edge edge(List<Traffic> traffic, RecordedEnd source, RecordedEnd destination) {
        if (traffic.isEmpty()) {
            String who = source.peers().isEmpty() ? source.display() : destination.display();
            return new Edge(new Cadence(), List.of(), "Nothing describes the pods of " + who + ".");
        }
        if (traffic.size() > 1 && passes(traffic, proposed) == null) {
            return new Edge(new Cadence(), List.of(), severalReason(source, destination));
        }
        Explanation explanation = Explainer.explain(proposed.policies(), traffic.get(0));
        String because = explanation.because();
        StringBuilder text = new StringBuilder(because == null ? "No proposed policy selects either side." : because);
        explanation.caveats().forEach(caveat -> text.append(' ').append(caveat).append('.'));
        return new Edge(new Cadence(), explanation.decision().decidedBy(), text.toString());
    }
}
