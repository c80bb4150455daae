package dev.weir.ingest.collector.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.ingest.context.ContextObject;
import dev.weir.ingest.context.OwnChanges;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares objects of the cluster with the known context, and makes context changes of the differences: new objects,
 * changed ones and those that are gone. For one thread.
 */
final class ClusterChanges {
    private final @Nullable String cluster;
    private final InstantSource clock;
    private final OwnChanges known;
    /** Keys of records that a newer record with another key has replaced. */
    private final List<String> replaced = new ArrayList<>();

    /**
     * Creates a comparison with the context in the topic.
     *
     * @param known records in the topic, of any origin and cluster, by their keys
     * @param history time for which an object is kept in the topic after its end
     */
    ClusterChanges(@Nullable String cluster, Map<String, ContextChange> known, Duration history, InstantSource clock) {
        this.cluster = cluster;
        this.clock = clock;
        this.known = new OwnChanges(KubernetesCollector.KIND, cluster, known, history);
    }

    /**
     * Compares an object as the API has it now.
     *
     * @return null if nothing that matters has changed
     * @throws InvalidRecordException if a field is missing or wrong; it names the field
     */
    @Nullable ContextChange present(WatchedKinds.Kind kind, ObjectNode object) {
        ContextObject trimmed = trimmed(kind, object);
        ContextChange before = known.get(trimmed.key(cluster));
        if (before != null && trimmed.isIn(before)) {
            return null;
        }
        return kept(trimmed.change(cluster, validFrom(kind.kind(), object, before), KubernetesCollector.KIND));
    }

    /** Returns the end of an object that is gone; null if it is not known. */
    @Nullable ContextChange gone(WatchedKinds.Kind kind, ObjectNode object) {
        Long ended = ObjectTrimmer.endedMs(object);
        return deleted(
                trimmed(kind, object).key(cluster), ended == null ? clock.millis() : Math.min(ended, clock.millis()));
    }

    /** Returns the ends of the known objects of a kind that are absent from {@code present}. */
    List<ContextChange> notAmong(WatchedKinds.Kind kind, Set<String> present) {
        long now = clock.millis();
        List<ContextChange> gone = known.live()
                .filter(change -> kind.has(change) && !present.contains(change.key()))
                .toList();
        return gone.stream()
                .map(change -> deleted(change.key(), now))
                .filter(change -> change != null)
                .toList();
    }

    /**
     * Returns the keys to remove from the topic: objects that ended before the history, and records replaced under
     * another key.
     */
    List<String> past() {
        List<String> keys = new ArrayList<>(replaced);
        keys.addAll(known.ended(clock.millis()));
        return keys;
    }

    /** Notes that records are no longer in the topic. */
    void remove(List<String> keys) {
        replaced.removeAll(Set.copyOf(keys));
        known.remove(keys);
    }

    private static ContextObject trimmed(WatchedKinds.Kind kind, ObjectNode object) {
        ObjectNode trimmed = ObjectTrimmer.of(kind.kind(), object);
        // An object in a list of the API may lack its kind.
        trimmed.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        return ContextObject.of(kind.kind(), trimmed);
    }

    private @Nullable ContextChange deleted(String key, long ms) {
        ContextChange before = known.get(key);
        return before == null || before.deleted() ? null : kept(before.ended(Math.max(ms, before.validFromMs() + 1)));
    }

    private ContextChange kept(ContextChange change) {
        replaced.addAll(known.put(change));
        return change;
    }

    private long validFrom(String kind, ObjectNode object, @Nullable ContextChange before) {
        long now = clock.millis();
        Long begun = ObjectTrimmer.begunMs(kind, object);
        if (before == null) {
            return begun == null ? now : Math.min(begun, now);
        }
        long after = before.validFromMs() + 1;
        Long changed = ObjectTrimmer.changedMs(object);
        // A pod gets its address after its first change. A new pod with the name of an old one is no change of it.
        boolean anew = begun != null && begun >= after && (before.deleted() || kind.equals("Pod"));
        long at = anew ? begun : changed == null ? now : changed;
        return Math.max(after, Math.min(at, now));
    }
}
