package dev.weir.alerting.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.ContextChange;
import dev.weir.model.codec.Json;
import dev.weir.model.manifest.Manifest;
import dev.weir.policy.cluster.Cluster;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The newest of every object of the cluster, and what they come to. What they come to is made when somebody asks. */
public final class ClusterView {
    /** A cluster changes all the time; seen as it was so long ago it is new enough. */
    private static final long NEW_ENOUGH_MS = 2_000;

    private final InstantSource clock;
    private final Map<String, ContextChange> objects = new HashMap<>();
    private Seen seen = new Seen(Map.of(), List.of(), Cluster.of(List.of()));
    private long seenMs = Long.MIN_VALUE / 2;
    private boolean changed;

    /**
     * The cluster of one moment.
     *
     * @param changes by their keys: since when each object is as it is
     */
    public record Seen(Map<String, ContextChange> changes, List<Manifest> manifests, Cluster cluster) {}

    public ClusterView(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes in a change; the newest of an object counts, whatever comes first. */
    public synchronized void apply(ContextChange change) {
        ContextChange known = objects.get(change.key());
        if (known != null && known.validFromMs() > change.validFromMs()) {
            return;
        }
        changed = true;
        if (change.deleted()) {
            objects.remove(change.key());
        } else {
            objects.put(change.key(), change);
        }
    }

    /** How many objects are there. */
    public synchronized int size() {
        return objects.size();
    }

    public Seen seen() {
        Map<String, ContextChange> now;
        synchronized (this) {
            long nowMs = clock.millis();
            if (!changed || nowMs - seenMs < NEW_ENOUGH_MS) {
                return seen;
            }
            changed = false;
            seenMs = nowMs;
            now = Map.copyOf(objects);
        }
        List<Manifest> manifests = new ArrayList<>(now.size());
        now.values().stream()
                .sorted((a, b) -> a.key().compareTo(b.key()))
                .forEach(change -> manifests.add(manifest(change)));
        Seen made = new Seen(now, List.copyOf(manifests), Cluster.of(manifests));
        synchronized (this) {
            seen = made;
        }
        return made;
    }

    private static Manifest manifest(ContextChange change) {
        try {
            ObjectNode object = (ObjectNode) Json.MAPPER.readTree(change.object());
            // As it comes out of a list of the API it need not say what it is.
            object.put("kind", change.kind());
            ObjectNode metadata =
                    object.get("metadata") instanceof ObjectNode given ? given : object.putObject("metadata");
            metadata.put("name", change.name());
            if (change.namespace() != null) {
                metadata.put("namespace", change.namespace());
            }
            return Manifest.of(change.origin(), object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a change holds an object", e);
        }
    }
}
