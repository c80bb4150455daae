package dev.weir.policy.recommend;

import dev.weir.policy.cluster.Workload;
import dev.weir.policy.manifest.StableLabels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds for each workload the fewest labels that select its pods and no other workload's. The common ones that name an
 * application go before others.
 */
final class Selectors {
    private static final List<String> USUAL = List.of(
            "app.kubernetes.io/name",
            "app.kubernetes.io/instance",
            "app.kubernetes.io/component",
            "app",
            "k8s-app",
            "name",
            "component",
            "role",
            "tier");

    /** Labels that all recorded pods of a workload have. */
    private final Map<Workload, Map<String, String>> common = new HashMap<>();

    /** The distinct sets of labels of each workload's pods. */
    private final Map<Workload, Set<Map<String, String>>> seen = new HashMap<>();

    void add(Workload workload, Map<String, String> labels) {
        Map<String, String> stable = StableLabels.of(labels);
        seen.computeIfAbsent(workload, each -> new HashSet<>()).add(new TreeMap<>(stable));
        Map<String, String> known = common.putIfAbsent(workload, stable);
        if (known != null) {
            known.entrySet().retainAll(stable.entrySet());
        }
    }

    /**
     * The fewest labels that select a workload alone.
     *
     * @return null when no selector does: it has no label, or another workload has all of its labels too
     */
    @Nullable Map<String, String> of(Workload workload) {
        Map<String, String> labels = common.getOrDefault(workload, Map.of());
        List<Map.Entry<String, String>> entries = new ArrayList<>(labels.entrySet());
        entries.sort(Comparator.comparingInt((Map.Entry<String, String> entry) -> rank(entry.getKey()))
                .thenComparing(Map.Entry::getKey));
        for (Map.Entry<String, String> entry : entries) {
            Map<String, String> one = Map.of(entry.getKey(), entry.getValue());
            if (others(workload, one).isEmpty()) {
                return one;
            }
        }
        Map<String, String> more = new TreeMap<>();
        for (Map.Entry<String, String> entry : entries) {
            more.put(entry.getKey(), entry.getValue());
            if (others(workload, more).isEmpty()) {
                return more;
            }
        }
        return null;
    }

    /** The reason for which {@link #of} finds none. */
    String reason(Workload workload) {
        Map<String, String> labels = common.getOrDefault(workload, Map.of());
        return labels.isEmpty()
                ? workload.display() + " has no label to select it by"
                : workload.display() + " has no label that "
                        + others(workload, labels).get(0).display() + " lacks";
    }

    private List<Workload> others(Workload workload, Map<String, String> labels) {
        return seen.entrySet().stream()
                .filter(other -> !other.getKey().equals(workload)
                        && other.getKey().namespace().equals(workload.namespace())
                        && other.getValue().stream()
                                .anyMatch(each -> each.entrySet().containsAll(labels.entrySet())))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static int rank(String key) {
        int rank = USUAL.indexOf(key);
        return rank < 0 ? USUAL.size() : rank;
    }
}
