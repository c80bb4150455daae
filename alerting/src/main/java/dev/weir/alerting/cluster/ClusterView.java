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
 * The newest revision of every object of every cluster, and the policy engine's view of each cluster, built on demand.
 */
public final class ClusterView {
    /** Minimum time between two snapshots of one cluster, in milliseconds; objects change all the time. */
    private static final long FRESH_MS = 2_000;

    private static final Snapshot EMPTY = new Snapshot(null, Map.of(), List.of(), Cluster.of(List.of()));

    private final InstantSource clock;
    /** Objects by cluster; the key of the cluster without a name is empty. */
    private final Map<String, ClusterObjects> clusters = new TreeMap<>();

    /** The objects of one cluster and the last snapshot of them. */
    private static final class ClusterObjects {
        final Map<String, ContextChange> newest = new HashMap<>();
        Snapshot snapshot = EMPTY;
        long snapshotMs = Long.MIN_VALUE / 2;
        boolean changed;
    }

    /**
     * A cluster at one moment.
     *
     * @param name null for the cluster without a name
     * @param changes the newest change of each object, by key
     */
    public record Snapshot(
            @Nullable String name, Map<String, ContextChange> changes, List<Manifest> manifests, Cluster cluster) {}

    public ClusterView(InstantSource clock) {
        this.clock = clock;
    }

    /** Applies a change. Changes of one object may come in any order; the latest {@code validFromMs} wins. */
    public synchronized void apply(ContextChange change) {
        String name = change.cluster() == null ? "" : change.cluster();
        ClusterObjects objects = clusters.computeIfAbsent(name, each -> new ClusterObjects());
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

    /** The number of objects of all clusters. */
    public synchronized int size() {
        return clusters.values().stream()
                .mapToInt(objects -> objects.newest.size())
                .sum();
    }

    /** The names of all clusters; the name of the cluster without one is empty. */
    public synchronized List<String> names() {
        return List.copyOf(clusters.keySet());
    }

    /**
     * A snapshot of a cluster, at most {@value #FRESH_MS} ms old; empty if the cluster is unknown.
     *
     * @param name one of {@link #names()}
     */
    public Snapshot snapshot(String name) {
        Map<String, ContextChange> now;
        ClusterObjects objects;
        synchronized (this) {
            ClusterObjects known = clusters.get(name);
            if (known == null) {
                return EMPTY;
            }
            long nowMs = clock.millis();
            if (!known.changed || nowMs - known.snapshotMs < FRESH_MS) {
                return known.snapshot;
            }
            known.changed = false;
            known.snapshotMs = nowMs;
            now = Map.copyOf(known.newest);
            objects = known;
        }
        List<Manifest> manifests = new ArrayList<>(now.size());
        now.values().stream()
                .sorted((a, b) -> a.key().compareTo(b.key()))
                .forEach(change -> manifests.add(manifest(change)));
        Snapshot made = new Snapshot(name.isEmpty() ? null : name, now, List.copyOf(manifests), Cluster.of(manifests));
        synchronized (this) {
            objects.snapshot = made;
        }
        return made;
    }

    private static Manifest manifest(ContextChange change) {
        try {
            ObjectNode object = (ObjectNode) Json.MAPPER.readTree(change.object());
            // Items of a Kubernetes list carry no kind of their own.
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
