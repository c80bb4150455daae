package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import dev.weir.model.Entity;
import dev.weir.model.Feedback;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What people decided, as detectors ask for it. */
public final class Decisions {
    private static final Decisions NONE = new Decisions(List.of());

    private final Set<String> expected = new HashSet<>();
    private final List<Feedback> relearned = new ArrayList<>();
    private final List<Feedback> locked = new ArrayList<>();

    private Decisions(Collection<Feedback> decisions) {
        for (Feedback each : decisions) {
            switch (each.action()) {
                case EXPECTED -> expected.add(each.alert());
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

    /** Whether somebody said that what a finding would be about is expected. */
    public boolean isExpected(String detector, @Nullable String cluster, Entity source, String subject) {
        return !expected.isEmpty() && expected.contains(Finding.fingerprint(detector, cluster, source, subject));
    }

    /** When a workload's baseline was last said to begin anew; 0 for never. */
    public long relearnedMs(@Nullable String cluster, Entity workload) {
        return relearned.stream()
                .filter(each -> each.isAbout(cluster, workload))
                .mapToLong(Feedback::atMs)
                .max()
                .orElse(0);
    }

    /** Whether a workload's baseline was said to be complete. */
    public boolean isLocked(@Nullable String cluster, Entity workload) {
        return locked.stream().anyMatch(each -> each.isAbout(cluster, workload));
    }
}
