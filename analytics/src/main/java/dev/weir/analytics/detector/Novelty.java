package dev.weir.analytics.detector;

import java.util.Map;
import java.util.TreeMap;

/**
 * The baseline of one workload in one respect: the members that it was seen with, for example its edges.
 *
 * @param sinceMs the first activity
 * @param windows the number of windows with activity
 * @param windowMs the start of the latest window
 * @param members by name, bounded by {@link NoveltyDetector}
 * @param releases when a release was first seen, by the name that its pods share
 */
public record Novelty(
        long sinceMs, long windows, long windowMs, Map<String, Member> members, Map<String, Long> releases) {
    /**
     * One member of the baseline.
     *
     * @param lastMs the window in which the member was last seen
     * @param windows the number of windows in which it was seen
     * @param quarantined true if the member stays out of the baseline until a person decides
     * @param confidence of its finding, from the state of the baseline when the member was first reported; 0 while the
     *     baseline is learned
     */
    public record Member(long firstMs, long lastMs, int windows, boolean quarantined, double confidence) {
        static Member learned(long ms, long window) {
            return new Member(ms, window, 1, false, 0);
        }

        static Member quarantined(long ms, long window, double confidence) {
            return new Member(ms, window, 1, true, confidence);
        }

        /** A member that is quarantined while there is no baseline yet, and so not reported. */
        static Member unreported(long ms, long window) {
            return quarantined(ms, window, 0);
        }

        boolean isUnreported() {
            return quarantined && confidence <= 0;
        }

        boolean isSeenOnce() {
            return windows == 1 && !quarantined;
        }

        Member reported(double now) {
            return new Member(firstMs, lastMs, windows, true, now);
        }

        Member seen(long window) {
            return window == lastMs ? this : new Member(firstMs, window, windows + 1, quarantined, confidence);
        }
    }

    static Novelty since(long ms) {
        return new Novelty(ms, 0, Long.MIN_VALUE, Map.of(), Map.of());
    }

    /**
     * The number of unseen members to expect in another period: those seen in one window only so far, in proportion to
     * the period (Good, "The population frequencies of species", 1953), plus one half so that it is never 0.
     */
    double unseen(long nowMs, long periodMs) {
        return unseen(members.values().stream().filter(Member::isSeenOnce).count(), sinceMs, nowMs, periodMs);
    }

    static double unseen(long once, long sinceMs, long nowMs, long periodMs) {
        return periodMs <= 0 ? 0 : (once + 0.5) * periodMs / Math.max(1, nowMs - sinceMs);
    }

    /** True if no member is part of the baseline. */
    boolean isOnlyQuarantined() {
        return members.values().stream().allMatch(Member::quarantined);
    }

    Novelty inWindow(long window, long horizonMs) {
        if (window <= windowMs) {
            return this;
        }
        Map<String, Member> kept = members;
        if (kept.values().stream().anyMatch(member -> member.lastMs() < horizonMs)) {
            kept = new TreeMap<>(members);
            kept.values().removeIf(member -> member.lastMs() < horizonMs);
        }
        return new Novelty(sinceMs, windows + 1, window, kept, releases);
    }
}
