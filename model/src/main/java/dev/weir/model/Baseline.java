package dev.weir.model;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The usual behaviour of a workload in one respect: the value of {@code weir.baselines}, keyed by {@link #key()} and
 * sent when it changes.
 *
 * @param detector id of the detector that uses it, for example {@code new-edge}
 * @param sinceMs first activity that it rests on
 * @param windows number of time windows in which the workload was active
 * @param unseen expected number of further members in the next learning period (Good and Turing)
 * @param size number of all members
 * @param members newest first, at most {@value #MAX_MEMBERS}
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
     * A usual destination, domain or port of the workload.
     *
     * @param name a destination with protocol and port, a domain, a port
     * @param windows number of time windows in which it was seen
     * @param quarantined true if the member stays out of the baseline until a person decides; {@code held} in records
     *     of before
     */
    public record Member(
            String name,
            long firstSeenMs,
            long lastSeenMs,
            int windows,
            @JsonAlias("held") boolean quarantined) {}

    /** The key, stable for a workload and detector. */
    public String key() {
        return String.join("|", cluster == null ? "" : cluster, workload.key(), detector);
    }
}
