package dev.weir.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Decider;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Traffic;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.map.ConnectivityMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Measures the engine's memory for the big cluster, and the time of its map. */
public final class PolicyScale {
    private PolicyScale() {}

    /**
     * Prints the time of a map, and the bytes in use after collection: at the start, with the policies, and with a full
     * cache.
     */
    public static void main(String[] args) throws IOException {
        memory();
        map();
    }

    private static void memory() {
        Traffic[] traffic = BigCluster.traffic(200_000, false);
        long before = used();
        PolicySet set = PolicySet.of(BigCluster.compile(BigCluster.policies(), ClusterFacts.NONE));
        long policies = used();
        Decider decider = new Decider(set);
        for (Traffic each : traffic) {
            decider.decide(each);
        }
        long cached = used();
        System.out.printf(
                Locale.ROOT,
                "1,000 policies: %.1f MB; caches after %,d decisions over 10,000 pods: %.1f MB%n",
                (policies - before) / 1e6,
                traffic.length,
                (cached - policies) / 1e6);
        if (decider.policies().size() != set.size()) {
            throw new IllegalStateException("the decider must keep its policies");
        }
    }

    private static void map() throws IOException {
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("kind", "List");
        list.putArray("items").addAll(BigCluster.objects()).addAll(BigCluster.policies());
        Path file = Files.createTempFile("weir-cluster", ".json");
        try {
            Files.writeString(file, list.toString());
            long start = System.nanoTime();
            ManifestFile manifests = ManifestFile.read(file);
            long read = System.nanoTime();
            Cluster cluster = Cluster.of(manifests.manifests());
            long built = System.nanoTime();
            ConnectivityMap map = ConnectivityMap.of(cluster);
            long mapped = System.nanoTime();
            System.out.printf(
                    Locale.ROOT,
                    "%d pods, %d policies: read %.1f s, compiled %.1f s, mapped %.1f s: %d groups, %d connections%n",
                    cluster.members().size(),
                    cluster.policies().size(),
                    (read - start) / 1e9,
                    (built - read) / 1e9,
                    (mapped - built) / 1e9,
                    map.groups().size(),
                    map.connections().size());
        } finally {
            Files.delete(file);
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
