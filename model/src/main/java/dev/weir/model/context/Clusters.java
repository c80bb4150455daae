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
 * The history of every cluster in {@code weir.context}, and the assignment of flows to clusters. Addresses and names
 * are unique within one cluster only. Not safe for use by several threads.
 */
public final class Clusters {
    /** The cluster whose publisher gives it no name. */
    private static final String UNNAMED = "";

    private final Duration history;
    private final Map<String, ContextHistory> byName = new TreeMap<>();
    private final ContextHistory nothing;

    /**
     * The cluster of a flow.
     *
     * @param cluster its name; {@link Flow#AMBIGUOUS_CLUSTER} when several have the flow's addresses; null when it has
     *     no name, or none has the addresses
     * @param seenBy the one of {@link #names()} by whose objects the flow is judged; null for none
     * @param context the history of that cluster; empty when none is known
     */
    public record Membership(
            @Nullable String cluster, @Nullable String seenBy, ContextHistory context) {
        public boolean isAmbiguous() {
            return Flow.isAmbiguous(cluster);
        }

        /**
         * True if an object of the cluster confirms an end: the pod that the record names, else the owner of the
         * address.
         */
        public boolean knows(Endpoint end, long ms) {
            return context.knows(end, ms);
        }

        /** Returns the flow with its cluster, and its ends with the names that they had there at its time. */
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
     * Applies a change; repeating it alters nothing.
     *
     * @return false if the change was known already
     * @throws InvalidRecordException when the object is not valid for its kind
     */
    public boolean apply(ContextChange change) {
        String text = change.object();
        return apply(change, text == null ? null : ClusterObjects.parse(change, text));
    }

    /**
     * Applies a change; repeating it alters nothing.
     *
     * @param object the object of the change, which is parsed already; null if it was deleted
     * @return false if the change was known already
     */
    public boolean apply(ContextChange change, @Nullable ClusterObject object) {
        String name = Objects.requireNonNullElse(change.cluster(), UNNAMED);
        ContextHistory known = byName.get(name);
        ContextHistory its = known == null ? new ContextHistory(history) : known;
        boolean changed = its.apply(change, object);
        byName.put(name, its);
        return changed;
    }

    /** Drops versions that were deleted or replaced before {@code now} less the history. */
    public void prune(long now) {
        byName.values().forEach(each -> each.prune(now));
        byName.values().removeIf(each -> each.size() == 0);
    }

    /** All versions, for a checkpoint or for a look at the state. */
    public List<ContextChange> changes() {
        List<ContextChange> changes = new ArrayList<>();
        byName.values().forEach(each -> changes.addAll(each.changes()));
        return changes;
    }

    /** The names of the known clusters; empty for the one without a name. */
    public Set<String> names() {
        return Set.copyOf(byName.keySet());
    }

    /** The number of known objects, deleted ones included. */
    public int size() {
        return byName.values().stream().mapToInt(ContextHistory::size).sum();
    }

    /**
     * Assigns a flow to a cluster. A flow that names a cluster belongs to it; if no object of that cluster is known,
     * the cluster without a name judges it, if there is one. A flow that names none belongs to the only cluster there
     * is, or is assigned by its addresses and pods.
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
        if (byName.isEmpty()) {
            return new Membership(null, null, nothing);
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
        // No single cluster has both ends, or several have: any choice might name another's workload.
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
