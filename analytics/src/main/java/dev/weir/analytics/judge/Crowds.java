package dev.weir.analytics.judge;

import dev.weir.model.Entity;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who is told by name: of the bare addresses that one workload had the same outcome with, {@value #MAX_NAMED} a day; and of those that had one with each other as many. An alert for
 * each address that can be forged would be alerts without an end. For one thread.
 */
final class Crowds {
    static final int MAX_NAMED = 16;

    private static final int MAX_CROWDS = 2_000;
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    /** The one that was not met for longest first. */
    private final Map<String, Set<String>> named = new LinkedHashMap<>(16, 0.75f, true);

    private long day;
    private long unnamed;

    /** Under which name an end is told that had an outcome with another. */
    Entity named(Entity end, Entity other, PolicyOutcome outcome, long ms) {
        if (!end.isAddress()) {
            return end;
        }
        long today = Math.floorDiv(ms, DAY_MS);
        if (today > day || today < day - 1) {
            named.clear();
            day = today;
        }
        Set<String> known = named.computeIfAbsent(
                outcome.id() + " " + (other.isAddress() ? "" : other.key()), key -> new HashSet<>());
        if (named.size() > MAX_CROWDS) {
            named.remove(named.keySet().iterator().next());
        }
        if (known.contains(end.key()) || known.size() < MAX_NAMED) {
            known.add(end.key());
            return end;
        }
        unnamed++;
        return Entity.unnamed();
    }

    long unnamed() {
        return unnamed;
    }
}
