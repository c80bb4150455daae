package dev.weir.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is usual for a workload, in one respect: the value of {@code weir.baselines}, keyed by {@link #key()} and sent when it
 * changes.
 *
 * @param detector which holds flows against it, for example {@code new-edge}
 * @param sinceMs first activity that it rests on
 * @param windows in how many windows of time the workload was active
 * @param unseen how many members that were not seen yet are to be expected in the next learning period (Good and Turing)
 * @param members newest first, at most {@value #MAX_MEMBERS}
 * @param size how many members there are
 */
public record Baseline(
        @Nullable String cluster,
        Entity workload,
        String detector,
        BaselineState state,
        boolean locked,
        long sinceMs,
        long updatedMs,
        long windows,
        double unseen,
        int size,
        List<Member> members) {

    public static final int MAX_MEMBERS = 200;

    /**
     * @param name a destination with protocol and port, a domain, a port
     * @param windows in how many windows of time it was seen
     * @param held kept out until a person decides
     */
    public record Member(String name, long firstSeenMs, long lastSeenMs, int windows, boolean held) {}

    /** Stable for a workload and detector. */
    public String key() {
        return String.join("|", cluster == null ? "" : cluster, workload.key(), detector);
    }
}
