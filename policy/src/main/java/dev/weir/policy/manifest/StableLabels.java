package dev.weir.policy.manifest;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The labels that a pod keeps from one rollout to the next, on which alone a policy may rest. */
public final class StableLabels {
    /** Labels that controllers set per revision, replica or run, or charts per release. */
    private static final Set<String> VOLATILE = Set.of(
            "pod-template-hash",
            "controller-revision-hash",
            "pod-template-generation",
            "statefulset.kubernetes.io/pod-name",
            "apps.kubernetes.io/pod-index",
            "batch.kubernetes.io/controller-uid",
            "batch.kubernetes.io/job-name",
            "batch.kubernetes.io/job-completion-index",
            "controller-uid",
            "job-name",
            "app.kubernetes.io/version",
            "app.kubernetes.io/managed-by",
            "helm.sh/chart",
            "version");

    private StableLabels() {}

    public static Map<String, String> of(Map<String, String> labels) {
        Map<String, String> stable = new TreeMap<>(labels);
        stable.keySet().removeAll(VOLATILE);
        return stable;
    }
}
