package dev.weir.policy.dialect.cilium;

import dev.weir.policy.Holds;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import dev.weir.policy.clause.LabelOperator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The labels by which Cilium's selectors distinguish endpoints. Those of a pod are its own without the ones that
 * Cilium's default filter leaves out, those of its namespace, and its service account; nodes, addresses outside and the
 * API server have reserved ones.
 */
final class EndpointLabels {
    static final String NAMESPACE = "io.kubernetes.pod.namespace";
    static final String OF_NAMESPACE = "io.cilium.k8s.namespace.labels.";
    static final String RESERVED = "reserved";

    private static final String ACCOUNT = "io.cilium.k8s.policy.serviceaccount";
    static final String CLUSTER = "io.cilium.k8s.policy.cluster";

    /** The names of labels that the default filter leaves out, by their beginnings. */
    private static final Pattern LEFT_OUT = Pattern.compile("(?:io\\.kubernetes|kubernetes\\.io"
            + "|statefulset\\.kubernetes\\.io/pod-name|apps\\.kubernetes\\.io/pod-index"
            + "|batch\\.kubernetes\\.io/job-completion-index|batch\\.kubernetes\\.io/controller-uid"
            + "|.*beta\\.kubernetes\\.io|k8s\\.io|pod-template-generation|pod-template-hash"
            + "|controller-revision-hash|annotation|controller-uid|etcd_node).*");

    private EndpointLabels() {}

    /** True for the key of a pod's label that Cilium does not know. */
    static boolean isLeftOut(String key) {
        return LEFT_OUT.matcher(key).matches();
    }

    /**
     * A key of a selector.
     *
     * @param source of the label; null for any
     * @param isLeftOut true if Cilium's default filter leaves the label out
     */
    record Key(@Nullable String source, String name, boolean isLeftOut) {
        Key(@Nullable String source, String name) {
            this(source, name, EndpointLabels.isLeftOut(name));
        }

        /** Parses {@code k8s:app}, {@code any:app} or {@code app}; the source is null for any. */
        static Key parse(String text) {
            int colon = text.indexOf(':');
            if (colon < 0) {
                return new Key(null, text);
            }
            String source = text.substring(0, colon);
            return new Key(source.equals("any") ? null : source, text.substring(colon + 1));
        }

        boolean isOfKubernetes() {
            return source == null || source.equals("k8s");
        }

        boolean isReserved() {
            return RESERVED.equals(source);
        }

        /** True for the name of the namespace. */
        boolean isNamespace() {
            return isOfKubernetes() && name.equals(NAMESPACE);
        }

        boolean isLabelOfNamespace() {
            return isOfKubernetes() && name.startsWith(OF_NAMESPACE);
        }

        boolean isCluster() {
            return isOfKubernetes() && name.equals(CLUSTER);
        }

        /** The value of a pod's label; null if it has none. */
        @Nullable String of(Identity pod, CiliumFacts facts) {
            if (!isOfKubernetes()) {
                return null;
            }
            if (isNamespace()) {
                return pod.namespace();
            }
            if (isLabelOfNamespace()) {
                return pod.namespaceLabels().get(name.substring(OF_NAMESPACE.length()));
            }
            return switch (name) {
                case ACCOUNT -> pod.serviceAccount();
                case CLUSTER -> facts.settings().cluster();
                default -> isLeftOut ? null : pod.labels().get(name);
            };
        }

        /** True if the value of the label of that pod is not known. */
        boolean isUnknown(Identity pod) {
            return isOfKubernetes() && name.equals(ACCOUNT) && pod.serviceAccount() == null;
        }
    }

    /** One condition of a selector. */
    record Requirement(Key key, LabelOperator operator, List<String> values) {
        Holds holds(CiliumFacts facts, Identity pod) {
            return key.isUnknown(pod) ? Holds.UNKNOWN : Holds.of(holds(key.of(pod, facts)));
        }

        /**
         * Tests an end that is no pod, by its reserved labels, whose values are empty.
         *
         * @param traffic null if it is not known which node is the other end's own
         */
        Holds holds(CiliumFacts facts, @Nullable Traffic traffic, Peer peer) {
            if (!key.isReserved()) {
                return Holds.of(holds((String) null));
            }
            Holds has = EntityClause.has(key.name(), facts, traffic, peer);
            if (has == Holds.UNKNOWN) {
                return has;
            }
            return Holds.of(holds(has == Holds.YES ? "" : null));
        }

        /** Tests the labels of an object that is no endpoint, such as a Service. */
        boolean holdsFor(Map<String, String> labels) {
            return holds(labels.get(key.name()));
        }

        private boolean holds(@Nullable String value) {
            return operator.holds(value, values);
        }

        /** The reason for which the requirement fails: {@code label app is 'web', not 'api'}. */
        String failure(@Nullable String value) {
            return operator.failure("label " + key.name(), value, values);
        }
    }
}
