package dev.weir.analytics.judge;

import dev.weir.common.LruMap;
import dev.weir.common.Millis;
import dev.weir.model.Entity;
import java.util.HashSet;
import java.util.Set;

/**
 * Limits the ends that policy alerts name. A sender of flows can forge addresses and claim names, and an alert for each
 * would be alerts without an end. So of the bare addresses that one workload had the same outcome with, the first
 * {@value #MAX_ADDRESSES} a day are named, and as many of addresses with an outcome between each other; and of the
 * pairs of ends of which the cluster's objects do not confirm both, the first {@value #MAX_PAIRS} a day. The others
 * share an alert. For one thread.
 */
final class AddressAlertLimiter {
    static final int MAX_ADDRESSES = 16;
    static final int MAX_PAIRS = 1_000;

    private static final int MAX_WORKLOADS = 2_000;

    /** The named addresses by outcome and workload; the entry unused for longest is evicted first. */
    private final LruMap<String, Set<String>> addresses = new LruMap<>(MAX_WORKLOADS);

    private final Set<String> pairs = new HashSet<>();
    private long day;
    private long unnamed;

    /** The ends as an alert names them. */
    record Ends(Entity source, Entity destination) {}

    /**
     * The ends as an alert of an outcome names them.
     *
     * @param isSourceKnown true if an object of the cluster confirms the source
     * @param isDestinationKnown the same of the destination
     */
    Ends named(
            Entity source,
            Entity destination,
            boolean isSourceKnown,
            boolean isDestinationKnown,
            PolicyOutcome outcome,
            long ms) {
        long today = Math.floorDiv(ms, Millis.DAY);
        if (today > day || today < day - 1) {
            addresses.clear();
            pairs.clear();
            day = today;
        }
        Entity from = address(source, destination, outcome);
        Entity to = address(destination, source, outcome);
        if (isSourceKnown && isDestinationKnown || isNamed(outcome.id() + " " + from.key() + " " + to.key())) {
            return new Ends(from, to);
        }
        unnamed++;
        return new Ends(isSourceKnown ? from : Entity.unnamed(), isDestinationKnown ? to : Entity.unnamed());
    }

    private boolean isNamed(String pair) {
        return pairs.contains(pair) || pairs.size() < MAX_PAIRS && pairs.add(pair);
    }

    private Entity address(Entity end, Entity other, PolicyOutcome outcome) {
        if (!end.isAddress()) {
            return end;
        }
        Set<String> known = addresses.computeIfAbsent(
                outcome.id() + " " + (other.isAddress() ? "" : other.key()), key -> new HashSet<>());
        if (known.contains(end.key()) || known.size() < MAX_ADDRESSES) {
            known.add(end.key());
            return end;
        }
        unnamed++;
        return Entity.unnamed();
    }

    /** The number of workloads whose named addresses were evicted, so that alerts may name as many again. */
    long evicted() {
        return addresses.evicted();
    }

    long unnamed() {
        return unnamed;
    }
}
