package dev.weir.analytics.detector;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The recent attempts of one source: for each group (a destination, or a port) the members (ports, or destinations) and
 * when each was last tried.
 *
 * @param groups bounded in number and size by {@link #update}
 */
public record AttemptState(Map<String, Members> groups) {
    private static final int MAX_GROUPS = 128;
    private static final int MAX_MEMBERS = 1024;

    /** The time of the last attempt at each member. It is a type of its own because Flink takes no map of maps. */
    public record Members(Map<String, Long> lastMs) {
        static final Members NONE = new Members(Map.of());

        private boolean hasBefore(long horizonMs) {
            return countSince(horizonMs) < lastMs.size();
        }

        private Members since(long horizonMs) {
            Map<String, Long> kept = new TreeMap<>(lastMs);
            kept.values().removeIf(at -> at < horizonMs);
            return new Members(kept);
        }

        private int countSince(long horizonMs) {
            int count = 0;
            for (long at : lastMs.values()) {
                count += at >= horizonMs ? 1 : 0;
            }
            return count;
        }
    }

    public static AttemptState nothing() {
        return new AttemptState(new HashMap<>());
    }

    /** A copy without attempts before {@code horizonMs}. It can be added to. */
    public AttemptState since(long horizonMs) {
        return since(horizonMs, groups.keySet());
    }

    /**
     * A copy without attempts before {@code horizonMs}.
     *
     * @param changing the groups that can be added to, besides new ones; the copy shares the members of others
     */
    public AttemptState since(long horizonMs, Set<String> changing) {
        Map<String, Members> copy = new HashMap<>();
        groups.forEach((group, members) -> {
            Members kept =
                    changing.contains(group) || members.hasBefore(horizonMs) ? members.since(horizonMs) : members;
            if (!kept.lastMs().isEmpty()) {
                copy.put(group, kept);
            }
        });
        return new AttemptState(copy);
    }

    /** Remembers an attempt. At the bounds it is not remembered: a group that large has been reported already. */
    public void update(String group, String member, long atMs) {
        Eviction.makeRoom(groups, group, MAX_GROUPS, members -> members.lastMs().size());
        Map<String, Long> members = groups.computeIfAbsent(group, key -> new Members(new TreeMap<>()))
                .lastMs();
        if (members.size() < MAX_MEMBERS || members.containsKey(member)) {
            members.merge(member, atMs, Math::max);
        } else {
            Eviction.leaveOut();
        }
    }

    /** The time of the earliest of a group's remembered attempts; {@code Long.MAX_VALUE} if there is none. */
    public long firstMs(String group) {
        return members(group).values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    }

    /** The number of a group's members that were last tried at {@code horizonMs} or later. */
    public int countSince(String group, long horizonMs) {
        return groups.getOrDefault(group, Members.NONE).countSince(horizonMs);
    }

    /** The members of a group, with the time of the last attempt at each. */
    public Map<String, Long> members(String group) {
        return groups.getOrDefault(group, Members.NONE).lastMs();
    }
}
