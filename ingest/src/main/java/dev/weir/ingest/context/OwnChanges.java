package dev.weir.ingest.context;

import dev.weir.model.ContextChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The records of one publisher in {@code weir.context}: changes of its own origin and cluster, the only ones that it
 * may replace, end and remove. For one thread.
 */
public final class OwnChanges {
    private final String origin;
    private final @Nullable String cluster;
    private final long historyMs;
    /** The newest changes, by their keys. */
    private final Map<String, ContextChange> newest = new HashMap<>();
    /** Keys of records of earlier releases, which had no API group, by the key of the change. */
    private final Map<String, String> earlierKeys = new HashMap<>();

    /**
     * Selects the publisher's records from those of the topic.
     *
     * @param known records of the topic, of any origin and cluster, by their keys
     * @param history time for which an object is kept after its end
     */
    public OwnChanges(String origin, @Nullable String cluster, Map<String, ContextChange> known, Duration history) {
        this.origin = origin;
        this.cluster = cluster;
        this.historyMs = history.toMillis();
        known.forEach((recordKey, change) -> {
            if (change.isOf(origin, cluster)) {
                newest.merge(change.key(), change, (a, b) -> a.validFromMs() > b.validFromMs() ? a : b);
                if (!recordKey.equals(change.key())) {
                    earlierKeys.put(change.key(), recordKey);
                }
            }
        });
    }

    public boolean isEmpty() {
        return newest.isEmpty();
    }

    /** Returns the newest change of an object; null if there is none. */
    public @Nullable ContextChange get(String key) {
        return newest.get(key);
    }

    /** Returns the newest changes of all objects that have not ended. */
    public Stream<ContextChange> live() {
        return newest.values().stream().filter(change -> !change.deleted());
    }

    /**
     * Adds a change that the topic now contains.
     *
     * @return keys of records that it replaces and that have to be removed
     * @throws IllegalArgumentException if the change is of another publisher or cluster
     */
    public List<String> put(ContextChange change) {
        if (!change.isOf(origin, cluster)) {
            throw new IllegalArgumentException(change.key() + " is of " + change.origin());
        }
        newest.put(change.key(), change);
        String earlier = earlierKeys.remove(change.key());
        return earlier == null ? List.of() : List.of(earlier);
    }

    /** Returns the keys of objects that ended so long ago that no flow of the history is judged by them. */
    public List<String> ended(long nowMs) {
        List<String> keys = new ArrayList<>();
        newest.values().forEach(change -> {
            if (change.deleted() && change.validFromMs() < nowMs - historyMs) {
                keys.add(change.key());
                String earlier = earlierKeys.get(change.key());
                if (earlier != null) {
                    keys.add(earlier);
                }
            }
        });
        return keys;
    }

    /** Notes that records are no longer in the topic. */
    public void remove(List<String> keys) {
        for (String key : keys) {
            ContextChange change = newest.get(key);
            if (change != null && change.deleted()) {
                newest.remove(key);
                earlierKeys.remove(key);
            }
        }
    }
}
