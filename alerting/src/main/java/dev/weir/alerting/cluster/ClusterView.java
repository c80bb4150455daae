package dev.weir.alerting.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.model.ContextChange;
import dev.weir.model.codec.Json;
import dev.weir.policy.cluster.Cluster;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest of every object of every cluster, and what those of one cluster come to, which is made when it is asked for.
 */
public final class ClusterView {
    /** A cluster changes all the time; seen as it was so long ago it is new enough. */
    private static final long NEW_ENOUGH_MS = 2_000;

    private static final Seen NOTHING = new Seen(null, Map.of(), List.of(), Cluster.of(List.of()));

    private final InstantSource clock;
    /** By cluster; the one without a name is the empty text. */
    private final Map<String, OfCluster> clusters = new TreeMap<>();

    /** The objects of one cluster. */
    private static final class OfCluster {
        final Map<String, ContextChange> newest = new HashMap<>();
        Seen seen = NOTHING;
        long seenMs = Long.MIN_VALUE / 2;
        boolean changed;
    }

    /**
     * A cluster at one moment.
     *
     * @param name null for the one without a name
     * @param changes by their keys: since when each object is as it is
     */
    public record Seen(
            @Nullable String name, Map<String, ContextChange> changes, List<Manifest> manifests, Cluster cluster) {}

    public ClusterView(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes in a change; the newest of an object counts, in whatever order they come. */
    public synchronized void apply(ContextChange change) {
        String name = change.cluster() == null ? "" : change.cluster();
        OfCluster objects = clusters.computeIfAbsent(name, each -> new OfCluster());
        ContextChange known = objects.newest.get(change.key());
        if (known == null || known.validFromMs() <= change.validFromMs()) {
            objects.changed = true;
            if (change.deleted()) {
                objects.newest.remove(change.key());
            } else {
                objects.newest.put(change.key(), change);
            }
        }
        if (objects.newest.isEmpty()) {
            clusters.remove(name);
        }
    }

    /** How many objects are there. */
    public synchronized int size() {
        return clusters.values().stream()
                .mapToInt(objects -> objects.newest.size())
                .sum();
    }

    /** The clusters that are known; the one without a name is the empty text. */
    public synchronized List<String> names() {
        return List.copyOf(clusters.keySet());
    }

    /**
     * What is known of a cluster; nothing when there is none of that name.
     *
     * @param name one of {@link #names()}
     */
    public Seen seen(String name) {
        Map<String, ContextChange> now;
        OfCluster objects;
        synchronized (this) {
            OfCluster known = clusters.get(name);
            if (known == null) {
                return NOTHING;
            }
            long nowMs = clock.millis();
            if (!known.changed || nowMs - known.seenMs < NEW_ENOUGH_MS) {
                return known.seen;
            }
            known.changed = false;
            known.seenMs = nowMs;
            now = Map.copyOf(known.newest);
            objects = known;
        }
        List<Manifest> manifests = new ArrayList<>(now.size());
        now.values().stream()
                .sorted((a, b) -> a.key().compareTo(b.key()))
                .forEach(change -> manifests.add(manifest(change)));
        Seen made = new Seen(name.isEmpty() ? null : name, now, List.copyOf(manifests), Cluster.of(manifests));
        synchronized (this) {
            objects.seen = made;
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
