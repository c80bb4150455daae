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

/** What people decided, as detectors ask for it. */
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
                    // Said of alerts, not of what is usual.
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

    /** Whether somebody said that what a finding would be about is expected at that time. */
    public boolean isExpected(String detector, @Nullable String cluster, Entity source, String subject, long ms) {
        if (expected.isEmpty()) {
            return false;
        }
        Feedback decision = expected.get(Finding.fingerprint(detector, cluster, source, subject));
        return decision != null && decision.holdsAt(ms);
    }

    /** When a workload's baseline was last said to begin anew; 0 for never. */
    public long relearnedMs(@Nullable String cluster, Entity workload, long ms) {
        return latest(relearned, cluster, workload, ms);
    }

    /** Whether a workload's baseline was said to be complete, and not to begin anew since. */
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
