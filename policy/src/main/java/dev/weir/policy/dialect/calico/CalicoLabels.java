package dev.weir.policy.dialect.calico;

import dev.weir.policy.Identity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The labels of things as selectors see them, with those that Calico adds. */
final class CalicoLabels {
    private static final String PREFIX = "projectcalico.org/";
    private static final String ACCOUNT = PREFIX + "serviceaccount";

    /** The label of a namespace with its name. */
    static final String NAME = PREFIX + "name";

    /** A selector of pods, which have a label that no network set and no host endpoint has. */
    static final String IS_POD = PREFIX + "orchestrator == 'k8s'";

    /** The labels of a namespace or a service account that a thing does not have. */
    static final Plain ABSENT = new Plain(Map.of(), false);

    private CalicoLabels() {}

    /** Labels of a map alone, such as those of a host endpoint. */
    record Plain(Map<String, String> labels, boolean isAmongAll) implements CalicoSelector.Labels {
        @Override
        public @Nullable String get(String key) {
            return labels.get(key);
        }
    }

    /** The labels of a pod. */
    record OfPod(Identity pod) implements CalicoSelector.Labels {
        @Override
        public @Nullable String get(String key) {
            return switch (key) {
                case PREFIX + "namespace" -> pod.namespace();
                case PREFIX + "orchestrator" -> "k8s";
                case ACCOUNT -> pod.serviceAccount();
                default -> pod.labels().get(key);
            };
        }

        @Override
        public boolean isKnown(String key) {
            return pod.serviceAccount() != null || !key.equals(ACCOUNT);
        }
    }

    /** The labels that all pods of a namespace have which have some labels; others are not known. */
    record OfLike(String namespace, Map<String, String> labels) implements CalicoSelector.Labels {
        @Override
        public @Nullable String get(String key) {
            return switch (key) {
                case PREFIX + "namespace" -> namespace;
                case PREFIX + "orchestrator" -> "k8s";
                default -> labels.get(key);
            };
        }

        @Override
        public boolean isKnown(String key) {
            return get(key) != null;
        }
    }

    /** The labels of a namespace, or of a service account. */
    record OfNamed(String name, Map<String, String> labels) implements CalicoSelector.Labels {
        @Override
        public @Nullable String get(String key) {
            return key.equals(NAME) ? name : labels.get(key);
        }
    }

    /** The labels of a thing of which nothing is known. */
    record NotKnown() implements CalicoSelector.Labels {
        @Override
        public @Nullable String get(String key) {
            return null;
        }

        @Override
        public boolean isKnown(String key) {
            return false;
        }
    }

    /** The labels of a network set, among which its namespace is. */
    record OfSet(CalicoFacts.NetworkSet set) implements CalicoSelector.Labels {
        @Override
        public @Nullable String get(String key) {
            return key.equals(PREFIX + "namespace")
                    ? set.namespace()
                    : set.labels().get(key);
        }
    }
}
