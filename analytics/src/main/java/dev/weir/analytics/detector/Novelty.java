package dev.weir.analytics.detector;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a workload has been seen with.
 *
 * @param sinceMs first activity
 * @param windows in how many windows it was active
 * @param windowMs when the latest of them began
 * @param members by name, bounded by {@link NoveltyDetector}
 * @param releases by the name that the pods of one release share, when it was first seen
 */
public record Novelty(
        long sinceMs, long windows, long windowMs, Map<String, Member> members, Map<String, Long> releases) {
    private static final int MAX_RELEASES = 8;

    /**
     * @param lastMs the window in which it was last seen
     * @param windows in how many it was seen
     * @param held whether it is kept out until a person decides
     * @param confidence that it is to be reported with, by what was known when it came; 0 as long as nothing could be held against it
     */
    public record Member(long firstMs, long lastMs, int windows, boolean held, double confidence) {
        static Member learned(long ms, long window) {
            return new Member(ms, window, 1, false, 0);
        }

        static Member held(long ms, long window, double confidence) {
            return new Member(ms, window, 1, true, confidence);
        }

        /** Held back while there is no baseline yet. */
        static Member untold(long ms, long window) {
            return held(ms, window, 0);
        }

        boolean isUntold() {
            return held && confidence <= 0;
        }

        Member told(double now) {
            return new Member(firstMs, lastMs, windows, true, now);
        }

        Member seen(long window) {
            return window == lastMs ? this : new Member(firstMs, window, windows + 1, held, confidence);
        }
    }

    static Novelty since(long ms) {
        return new Novelty(ms, 0, Long.MIN_VALUE, Map.of(), Map.of());
    }

    /**
     * How many unseen members are to be expected in another period. As many as there were in the time so far that have been
     * seen in one window only (Good, "The population frequencies of species", 1953), and half a one for luck.
     */
    double unseen(long nowMs, long periodMs) {
        if (periodMs <= 0) {
            return 0;
        }
        long once = members.values().stream()
                .filter(member -> member.windows() == 1 && !member.held())
                .count();
        return (once + 0.5) * periodMs / Math.max(1, nowMs - sinceMs);
    }

    Novelty with(String name, Member member, int most) {
        Map<String, Member> copy = new TreeMap<>(members);
        Eviction.makeRoom(copy, name, most, Member::lastMs);
        copy.put(name, member);
        return new Novelty(sinceMs, windows, windowMs, copy, releases);
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

    Novelty withRelease(String release, long ms) {
        if (releases.containsKey(release)) {
            return this;
        }
        Map<String, Long> copy = new TreeMap<>(releases);
        Eviction.makeRoom(copy, release, MAX_RELEASES, since -> since);
        copy.put(release, ms);
        return new Novelty(sinceMs, windows, windowMs, members, copy);
    }
}
