package dev.weir.ingest.collector.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.ingest.context.ContextObject;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes a change of the context: what is new, differs from what is known, or is gone. For one thread. */
final class ClusterChanges {
    private final InstantSource clock;
    private final Map<String, ContextChange> known = new HashMap<>();

    /**
     * @param known what the topic holds already, of any origin
     */
    ClusterChanges(Map<String, ContextChange> known, InstantSource clock) {
        this.clock = clock;
        known.values().stream()
                .filter(change -> change.origin().equals(KubernetesCollector.KIND))
                .forEach(change -> this.known.put(change.key(), change));
    }

    /**
     * An object as the API has it now.
     *
     * @return null when nothing changed that matters
     * @throws InvalidRecordException naming the field
     */
    @Nullable ContextChange present(String kind, ObjectNode object) {
        ContextObject trimmed = ContextObject.of(kind, Trimmed.of(kind, object));
        ContextChange before = known.get(trimmed.key());
        if (before != null && trimmed.object().equals(before.object())) {
            return null;
        }
        ContextChange change = trimmed.change(validFrom(kind, object, before), KubernetesCollector.KIND);
        known.put(change.key(), change);
        return change;
    }

    /** An object that is gone. */
    @Nullable ContextChange gone(String kind, ObjectNode object) {
        ContextObject trimmed = ContextObject.of(kind, Trimmed.of(kind, object));
        Long ended = Trimmed.endedMs(object);
        return deleted(trimmed.key(), ended == null ? clock.millis() : Math.min(ended, clock.millis()));
    }

    /** What is known and there no more. */
    List<ContextChange> notAmong(Set<String> present) {
        long now = clock.millis();
        return known.values().stream()
                .filter(change -> !change.deleted() && !present.contains(change.key()))
                .map(change -> deleted(change.key(), now))
                .filter(change -> change != null)
                .toList();
    }

    private @Nullable ContextChange deleted(String key, long ms) {
        ContextChange before = known.get(key);
        if (before == null || before.deleted()) {
            return null;
        }
        ContextChange change = new ContextChange(
                before.kind(),
                before.namespace(),
                before.name(),
                Math.max(ms, before.validFromMs() + 1),
                KubernetesCollector.KIND,
                null);
        known.put(key, change);
        return change;
    }

    private long validFrom(String kind, ObjectNode object, @Nullable ContextChange before) {
        long now = clock.millis();
        Long begun = Trimmed.begunMs(kind, object);
        if (before == null) {
            return begun == null ? now : Math.min(begun, now);
        }
        long after = before.validFromMs() + 1;
        Long changed = Trimmed.changedMs(object);
        // A pod gets its address after it was first told of, a new one of the same name is no change of the old.
        boolean anew = begun != null && begun >= after && (before.deleted() || kind.equals("Pod"));
        long at = anew ? begun : changed == null ? now : changed;
        return Math.max(after, Math.min(at, now));
    }
}
