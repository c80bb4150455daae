package dev.weir.model.context;

import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.InvalidRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The history of every cluster that {@code weir.context} tells of, and which of them a flow belongs to. Addresses and
 * names of one cluster say nothing of another. Not safe for use by several threads.
 */
public final class Clusters {
    /** The cluster whose publisher gives it no name. */
    private static final String UNNAMED = "";

    private final Duration history;
    private final Map<String, ContextHistory> byName = new TreeMap<>();
    private final ContextHistory nothing;

    /**
     * The cluster that a flow belongs to.
     *
     * @param cluster its name; {@link Flow#AMBIGUOUS_CLUSTER} when several have the flow's addresses; null when it has no
     *     name, or none has the addresses
     * @param seenBy the one of {@link #names()} by whose objects the flow is judged; null when by none
     * @param context what is known of it; empty when nothing is
     */
    public record Membership(
            @Nullable String cluster, @Nullable String seenBy, ContextHistory context) {
        public boolean isAmbiguous() {
            return Flow.isAmbiguous(cluster);
        }

        /** Whether an object of the cluster confirms an end: the pod that the record names, else the address. */
        public boolean knows(Endpoint end, long ms) {
            return context.knows(end, ms);
        }

        /** The flow with its cluster, and its ends under the names that they had there at its time. */
        public Flow resolve(Flow flow) {
            long ms = flow.startMs();
            return flow.withCluster(cluster)
                    .withEndpoints(context.resolve(flow.source(), ms), context.resolve(flow.destination(), ms));
        }
    }

    public Clusters(Duration history) {
        this.history = history;
        this.nothing = new ContextHistory(history);
    }

    /**
     * Takes in a change; the same change again alters nothing.
     *
     * @return false when it was known already
     * @throws InvalidRecordException when the object is not what its kind should be
     */
    public boolean apply(ContextChange change) {
        String name = Objects.requireNonNullElse(change.cluster(), UNNAMED);
        ContextHistory known = byName.get(name);
        ContextHistory its = known == null ? new ContextHistory(history) : known;
        boolean changed = its.apply(change);
        byName.put(name, its);
        return changed;
    }

    /** Forgets what was deleted or replaced before {@code now} less the history. */
    public void prune(long now) {
        byName.values().forEach(each -> each.prune(now));
        byName.values().removeIf(each -> each.size() == 0);
    }

    /** Every version, for a checkpoint or for a look at what is known. */
    public List<ContextChange> changes() {
        List<ContextChange> changes = new ArrayList<>();
        byName.values().forEach(each -> changes.addAll(each.changes()));
        return changes;
    }

    /** The clusters that are known; empty for the one without a name. */
    public Set<String> names() {
        return Set.copyOf(byName.keySet());
    }

    /** How many objects are known, deleted ones included. */
    public int size() {
        return byName.values().stream().mapToInt(ContextHistory::size).sum();
    }

    /**
     * The cluster of a flow. A flow that names one is of that; when nothing is known of a cluster by that name, it is seen
     * by the cluster without a name, if there is one. A flow that names none is of the only one there is, and of several
     * by its addresses and pods.
     */
    public Membership of(Flow flow) {
        String named = Flow.isAmbiguous(flow.cluster()) ? null : flow.cluster();
        if (named != null) {
            String seenBy = byName.containsKey(named) ? named : UNNAMED;
            ContextHistory known = byName.get(seenBy);
            return known == null ? new Membership(named, null, nothing) : new Membership(named, seenBy, known);
        }
        if (byName.size() == 1) {
            return membership(byName.keySet().iterator().next());
        }
        Set<String> ofSource = havingSeen(flow.source(), flow.startMs());
        Set<String> ofDestination = havingSeen(flow.destination(), flow.startMs());
        Set<String> candidates = new TreeSet<>(ofSource);
        if (ofSource.isEmpty()) {
            candidates.addAll(ofDestination);
        } else if (!ofDestination.isEmpty()) {
            candidates.retainAll(ofDestination);
        }
        if (candidates.isEmpty() && ofSource.isEmpty()) {
            return new Membership(null, null, nothing);
        }
        // No single cluster has both ends, or several have: any choice may name another's workload.
        return candidates.size() == 1
                ? membership(candidates.iterator().next())
                : new Membership(Flow.AMBIGUOUS_CLUSTER, null, nothing);
    }

    private Membership membership(String name) {
        return new Membership(name.isEmpty() ? null : name, name, byName.getOrDefault(name, nothing));
    }

    /** The clusters that know the end; the one without a name only when no other does. */
    private Set<String> havingSeen(Endpoint end, long ms) {
        Set<String> seen = new TreeSet<>();
        byName.forEach((name, context) -> {
            if (context.knows(end, ms)) {
                seen.add(name);
            }
        });
        if (seen.size() > 1) {
            seen.remove(UNNAMED);
        }
        return seen;
    }
}
