package dev.weir.policy.dialect.calico;

import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.clause.PodClause;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pods that a new policy of a tier selects: those with the lasting labels of one pod, as far as the policy brings
 * none of them under the default action of the tier, and takes none from under it.
 *
 * @param selector of the pods
 * @param accounts the selector of their service accounts; null for any
 */
record CalicoScope(String selector, @Nullable String accounts) {

    /**
     * Returns the pods for a policy beside others.
     *
     * @param closing the policies of the tier that select the pod and deny what no rule matches
     */
    static CalicoScope beside(List<Policy> closing, Peer.Pod pod, Map<String, String> labels) {
        String base = CalicoEntry.selector(labels);
        CalicoSelector.Labels like = new CalicoLabels.OfLike(pod.namespace(), labels);
        for (Policy policy : closing) {
            if (accounts(policy) == null && pods(policy).test(like) == Holds.YES) {
                return new CalicoScope(base, null);
            }
        }
        if (closing.isEmpty()) {
            return new CalicoScope(base, null);
        }
        CalicoSelector ofAccounts = accounts(closing.get(0));
        return new CalicoScope(
                base + " && " + pods(closing.get(0)).operand(), ofAccounts == null ? null : ofAccounts.text());
    }

    /**
     * Returns the pods for the only policy of a tier that selects the pod.
     *
     * @param others the policies of the tier that select other pods, and deny what no rule matches
     * @return null if no selector separates the pod from those of the others
     */
    static @Nullable CalicoScope apart(List<Policy> others, Peer.Pod pod, Map<String, String> labels) {
        CalicoSelector.Labels like = new CalicoLabels.OfLike(pod.namespace(), labels);
        StringBuilder selector = new StringBuilder(CalicoEntry.selector(labels));
        for (Policy policy : others) {
            CalicoSelector theirs = pods(policy);
            if (!isInReach(policy, pod) || theirs.test(like) == Holds.NO) {
                continue;
            }
            if (theirs.test(new CalicoLabels.OfPod(pod.identity())) != Holds.NO) {
                return null;
            }
            selector.append(" && !(").append(theirs.text()).append(')');
        }
        return new CalicoScope(selector.toString(), null);
    }

    private static boolean isInReach(Policy policy, Peer.Pod pod) {
        String namespace = policy.ref().namespace();
        boolean isInNamespace = namespace == null || namespace.equals(pod.namespace());
        Selection.Namespaces namespaces = policy.subject() instanceof CalicoRules.Subject subject
                ? subject.selected().namespaces()
                : null;
        return isInNamespace && (namespaces == null || namespaces.has(pod.identity()) != Holds.NO);
    }

    /** The selector of the pods of a policy, of Calico or of Kubernetes. */
    private static CalicoSelector pods(Policy policy) {
        CalicoSelector selector = policy.subject() instanceof CalicoRules.Subject subject
                ? subject.selected().labels()
                : policy.subject() instanceof PodClause clause ? CalicoSelector.of(clause) : CalicoSelector.GLOBAL;
        return selector == null ? CalicoSelector.ALL : selector;
    }

    private static @Nullable CalicoSelector accounts(Policy policy) {
        return policy.subject() instanceof CalicoRules.Subject subject
                ? subject.selected().accountLabels()
                : null;
    }
}
