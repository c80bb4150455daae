package dev.weir.policy.clause;

import dev.weir.model.context.ClusterObjects;
import dev.weir.policy.Holds;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A clause for pods by the labels of pod and namespace.
 *
 * @param namespace the one namespace concerned, where no selector is given; null for any
 * @param namespaces null when {@code namespace} is given, or for every namespace
 * @param pods null for every pod
 */
public record PodClause(
        @Nullable String namespace,
        @Nullable LabelSelector namespaces,
        @Nullable LabelSelector pods) implements PeerClause, Policy.Subject {

    @Override
    public boolean selects(Identity pod) {
        return !pod.hostNetwork()
                && (namespace == null || namespace.equals(pod.namespace()))
                && (namespaces == null || namespaces.matches(pod.namespaceLabels()))
                && (pods == null || pods.matches(pod.labels()));
    }

    @Override
    public boolean isWide() {
        return pods == null
                || pods.requirements().stream().noneMatch(requirement -> requirement.operator() == LabelOperator.IN);
    }

    /** The only namespaces that it can be about, if it names them; null if labels decide. */
    public @Nullable Set<String> namespacesByName() {
        if (namespace != null) {
            return Set.of(namespace);
        }
        if (namespaces != null) {
            for (LabelSelector.Requirement requirement : namespaces.requirements()) {
                if (requirement.operator() == LabelOperator.IN
                        && requirement.key().equals(ClusterObjects.NAMESPACE_NAME_LABEL)) {
                    return new LinkedHashSet<>(requirement.values());
                }
            }
        }
        return null;
    }

    @Override
    public Holds holds(Peer peer) {
        Peer.Pod pod = peer.pod();
        return Holds.of(pod != null && selects(pod.identity()));
    }

    @Override
    public boolean isBoundByRequirements() {
        return true;
    }

    @Override
    public List<String> reasons(Peer peer) {
        Peer.Pod pod = peer.selectable();
        if (pod == null) {
            return List.of(peer.whyNotSelectable());
        }
        List<String> failures = new ArrayList<>();
        if (namespace != null && !pod.namespace().equals(namespace)) {
            failures.add("namespace is '" + pod.namespace() + "', not '" + namespace + "'");
        }
        if (namespaces != null) {
            failures.addAll(prefixed("namespace ", namespaces, pod.identity().namespaceLabels()));
        }
        if (pods != null) {
            failures.addAll(prefixed("pod ", pods, pod.identity().labels()));
        }
        return failures;
    }

    private static List<String> prefixed(String what, LabelSelector selector, Map<String, String> labels) {
        return selector.failures(labels).stream().map(failure -> what + failure).toList();
    }
}
