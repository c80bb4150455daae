package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Entity;
import dev.weir.model.Feedback;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The decisions of people, in the form in which detectors look them up. */
public final class Decisions {
    private static final Decisions NONE = new Decisions(List.of());

    private final Map<String, Feedback> expected = new HashMap<>();
    private final List<Feedback> relearned = new ArrayList<>();
    private final List<Feedback> locked = new ArrayList<>();

    private Decisions(Collection<Feedback> decisions) {
        for (Feedback each : decisions) {
            switch (each.action()) {
                case EXPECTED -> expected.put(each.alert(), each);
                case RELEARN -> relearned.add(each);
                case LOCK -> locked.add(each);
                case NOT_EXPECTED, SUPPRESS, UNDO -> {
                    // These decisions are about alerts, not about baselines.
                }
            }
        }
    }

    public static Decisions of(Collection<Feedback> decisions) {
        return decisions.isEmpty() ? NONE : new Decisions(decisions);
    }

    public static Decisions none() {
        return NONE;
    }

    /** True if a person has decided that a finding with this source and subject is expected at that time. */
    public boolean isExpected(String detector, @Nullable String cluster, Entity source, String subject, long ms) {
        if (expected.isEmpty()) {
            return false;
        }
        Feedback decision = expected.get(Finding.fingerprint(detector, cluster, source, subject));
        return decision != null && decision.holdsAt(ms);
    }

    /** The time of the latest decision that a workload's baseline begins anew; 0 if there is none. */
    public long relearnedMs(@Nullable String cluster, Entity workload, long ms) {
        return latest(relearned, cluster, workload, ms);
    }

    /** True if a person has decided that a workload's baseline is complete, and has not let it begin anew since. */
    public boolean isLocked(@Nullable String cluster, Entity workload, long ms) {
        return !locked.isEmpty() && latest(locked, cluster, workload, ms) > relearnedMs(cluster, workload, ms);
    }

    private static long latest(List<Feedback> decisions, @Nullable String cluster, Entity workload, long ms) {
        return decisions.stream()
                .filter(each -> each.holdsAt(ms) && each.isAbout(cluster, workload))
                .mapToLong(Feedback::atMs)
                .max()
                .orElse(0);
    }
}
