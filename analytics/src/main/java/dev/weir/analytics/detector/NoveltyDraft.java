package dev.weir.analytics.detector;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A baseline to which a slice is being added. Its members are copied once, however many of them change: a gateway has
 * thousands of new ones in a slice. For one thread.
 */
final class NoveltyDraft {
    private static final int MAX_RELEASES = 8;
    private static final int UNKNOWN = -1;

    private final Novelty before;
    private final int most;
    private @Nullable Map<String, Novelty.Member> changed;
    private Map<String, Long> releases;
    private int seenOnce = UNKNOWN;
    private int known = UNKNOWN;

    /**
     * Begins with a baseline as it is.
     *
     * @param most the most members; beyond it those last seen longest ago are evicted
     */
    NoveltyDraft(Novelty before, int most) {
        this.before = before;
        this.most = most;
        this.releases = before.releases();
    }

    private Map<String, Novelty.Member> members() {
        return changed == null ? before.members() : changed;
    }

    Novelty.@Nullable Member member(String name) {
        return members().get(name);
    }

    /** Adds or replaces a member. */
    void put(String name, Novelty.Member member) {
        Map<String, Novelty.Member> members = changed;
        if (members == null) {
            members = new TreeMap<>(before.members());
            changed = members;
        }
        int size = members.size();
        Eviction.makeRoom(members, name, most, Novelty.Member::lastMs);
        boolean isEvicted = members.size() < size;
        Novelty.Member replaced = members.put(name, member);
        if (isEvicted || known == UNKNOWN) {
            known = UNKNOWN;
            return;
        }
        known += count(!member.quarantined()) - count(replaced != null && !replaced.quarantined());
        seenOnce += count(member.isSeenOnce()) - count(replaced != null && replaced.isSeenOnce());
    }

    private static int count(boolean is) {
        return is ? 1 : 0;
    }

    /** Notes a release at its first appearance. */
    void addRelease(String release, long ms) {
        if (releases.containsKey(release)) {
            return;
        }
        Map<String, Long> copy = new TreeMap<>(releases);
        Eviction.makeRoom(copy, release, MAX_RELEASES, since -> since);
        copy.put(release, ms);
        releases = copy;
    }

    Map<String, Long> releases() {
        return releases;
    }

    long sinceMs() {
        return before.sinceMs();
    }

    /** The number of members that are not quarantined. */
    int known() {
        count();
        return known;
    }

    /** {@link Novelty#unseen} as of now. */
    double unseen(long nowMs, long periodMs) {
        count();
        return Novelty.unseen(seenOnce, before.sinceMs(), nowMs, periodMs);
    }

    private void count() {
        if (known != UNKNOWN) {
            return;
        }
        known = 0;
        seenOnce = 0;
        for (Novelty.Member each : members().values()) {
            known += count(!each.quarantined());
            seenOnce += count(each.isSeenOnce());
        }
    }

    /** The baseline with all changes. */
    Novelty done() {
        return changed == null && releases.equals(before.releases())
                ? before
                : new Novelty(before.sinceMs(), before.windows(), before.windowMs(), members(), releases);
    }
}
