package dev.weir.analytics.judge;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many flows came too late to be added up, by who reports them: of {@value #MAX_REPORTERS} that were late at all, since
 * they first were. For one thread.
 */
final class Lateness {
    private static final int MAX_REPORTERS = 1_000;
    /** After so many the older count half. */
    private static final double LATELY = 10_000;

    private static final double WORTH = 1e-3;

    private final Map<String, Share> byReporter = new LinkedHashMap<>();

    private static final class Share {
        /** As if so many had been in time before: one that is late says little. */
        private double inTime = 1_000;

        private double late;

        private void halve() {
            if (inTime + late > LATELY) {
                inTime /= 2;
                late /= 2;
            }
        }
    }

    void late(@Nullable String reporter) {
        String who = reporter == null ? "" : reporter;
        if (byReporter.size() >= MAX_REPORTERS && !byReporter.containsKey(who)) {
            byReporter.remove(byReporter.keySet().iterator().next());
        }
        Share share = byReporter.computeIfAbsent(who, key -> new Share());
        share.late++;
        share.halve();
    }

    /** Counts a flow in time, and tells how many of its reporter's were not, lately. */
    int percent(@Nullable String reporter) {
        if (byReporter.isEmpty()) {
            return 0;
        }
        Share share = byReporter.get(reporter == null ? "" : reporter);
        if (share == null) {
            return 0;
        }
        share.inTime++;
        share.halve();
        return share.late < WORTH * share.inTime ? 0 : (int) Math.ceil(100 * share.late / (share.inTime + share.late));
    }
}
