package dev.weir.analytics.judge;

import dev.weir.model.LossShare;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How many flows came too late to be added up, by who reports them: of {@value #MAX_REPORTERS} that were late at all, since
 * they first were. For one thread.
 */
final class Lateness {
    private static final int MAX_REPORTERS = 1_000;
    /** As if so many had been in time before: one that is late says little. */
    private static final long BEFORE = 1_000;

    private final Map<String, LossShare> byReporter = new LinkedHashMap<>();

    void late(@Nullable String reporter) {
        String who = reporter == null ? "" : reporter;
        if (byReporter.size() >= MAX_REPORTERS && !byReporter.containsKey(who)) {
            byReporter.remove(byReporter.keySet().iterator().next());
        }
        byReporter.computeIfAbsent(who, key -> new LossShare(BEFORE)).add(0, 1);
    }

    /** Counts a flow in time, and tells how many of its reporter's were not, lately. */
    int percent(@Nullable String reporter) {
        if (byReporter.isEmpty()) {
            return 0;
        }
        LossShare share = byReporter.get(reporter == null ? "" : reporter);
        if (share == null) {
            return 0;
        }
        share.add(1, 0);
        return Objects.requireNonNullElse(share.percent(), 0);
    }
}
