package dev.weir.analytics.judge;

import dev.weir.model.LossShare;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Measures the share of late flows of each reporter, for {@value #MAX_REPORTERS} reporters with a late flow; at the
 * bound the one that was late first is evicted. For one thread.
 */
final class Lateness {
    private static final int MAX_REPORTERS = 1_000;
    /** Flows in time that each reporter is credited with at first, so that one late flow has little weight. */
    private static final long BEFORE = 1_000;

    private final Map<String, LossShare> byReporter = new LinkedHashMap<>();
    private long evicted;

    void late(@Nullable String reporter) {
        String name = reporter == null ? "" : reporter;
        if (byReporter.size() >= MAX_REPORTERS && !byReporter.containsKey(name)) {
            byReporter.remove(byReporter.keySet().iterator().next());
            evicted++;
        }
        byReporter.computeIfAbsent(name, key -> new LossShare(BEFORE)).add(0, 1);
    }

    /** The number of reporters that were evicted at the bound. */
    long evicted() {
        return evicted;
    }

    /** Counts a flow in time, and returns the recent percentage of its reporter's flows that were late. */
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
