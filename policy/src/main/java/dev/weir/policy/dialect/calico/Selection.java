package dev.weir.policy.dialect.calico;

import dev.weir.policy.Holds;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pods, host endpoints and network sets that the selectors of one end of a rule, or of a policy, select. All that
 * is given must hold.
 *
 * @param labels the labels of the thing itself
 * @param notLabels labels that it must not have
 * @param namespaces the namespaces that it may be in; null for any or none
 * @param accounts the names of service accounts of which a pod must have one; null for any
 * @param accountLabels the labels of its service account
 */
record Selection(
        @Nullable CalicoSelector labels,
        @Nullable CalicoSelector notLabels,
        @Nullable Namespaces namespaces,
        @Nullable Set<String> accounts,
        @Nullable CalicoSelector accountLabels) {

    /**
     * The namespaces that a thing may be in.
     *
     * @param own the one namespace; null if a selector is given
     * @param selector about the labels of the namespace; null if {@code own} is given
     */
    record Namespaces(@Nullable String own, @Nullable CalicoSelector selector) {
        /** Tests the namespace of a thing; a selector by absence holds for one that has none. */
        Holds has(@Nullable String namespace, CalicoFacts facts) {
            if (selector == null) {
                return Holds.of(namespace != null && namespace.equals(own));
            }
            return selector.test(
                    namespace == null
                            ? CalicoLabels.ABSENT
                            : new CalicoLabels.OfNamed(namespace, facts.namespace(namespace)));
        }

        /** Tests the namespace of a pod, whose labels the pod's identity has. */
        Holds has(Identity pod) {
            return selector == null
                    ? Holds.of(pod.namespace().equals(own))
                    : selector.test(new CalicoLabels.OfNamed(pod.namespace(), pod.namespaceLabels()));
        }
    }

    /** Tests a pod, without regard to network sets that its address may be in. */
    Holds pod(Identity pod, CalicoFacts facts) {
        Holds holds = labels(new CalicoLabels.OfPod(pod));
        if (namespaces != null) {
            holds = holds.and(namespaces.has(pod));
        }
        String account = pod.serviceAccount();
        if (accounts != null) {
            holds = holds.and(account == null ? Holds.UNKNOWN : Holds.of(accounts.contains(account)));
        }
        if (accountLabels != null) {
            holds = holds.and(accountLabels.test(
                    account == null
                            ? new CalicoLabels.NotKnown()
                            : new CalicoLabels.OfNamed(account, facts.account(pod.namespace(), account))));
        }
        return holds;
    }

    /** Tests the host endpoint of a node as an end of a rule; a node without one is not selected. */
    Holds host(Peer.@Nullable Node node, CalicoFacts facts) {
        return host(node, facts, false);
    }

    /**
     * Tests the host endpoint of a node as a subject of the policy. In a policy that selects by namespaces or service
     * accounts {@code all()} means what has one.
     */
    Holds subject(Peer.Node node, CalicoFacts facts) {
        return host(node, facts, true);
    }

    private Holds host(Peer.@Nullable Node node, CalicoFacts facts, boolean isSubject) {
        CalicoFacts.HostEndpoint host = node == null ? null : facts.host(node.name());
        if (host == null || accounts != null) {
            return Holds.NO;
        }
        boolean isAmongAll = !isSubject || namespaces == null && accountLabels == null;
        Holds holds = labels(new CalicoLabels.Plain(host.labels(), isAmongAll)).and(withoutAccount(!isSubject));
        return namespaces == null ? holds : holds.and(namespaces.has(null, facts));
    }

    /** The network sets that are selected. */
    List<CalicoFacts.NetworkSet> sets(CalicoFacts facts) {
        if (accounts != null || withoutAccount(true) != Holds.YES) {
            return List.of();
        }
        Stream<CalicoFacts.NetworkSet> sets = facts.sets().stream()
                .filter(set -> labels(new CalicoLabels.OfSet(set)) == Holds.YES)
                .filter(set -> namespaces == null || namespaces.has(set.namespace(), facts) == Holds.YES);
        return sets.toList();
    }

    /** Tests the labels of the service account of a thing that has none, which a selector by absence selects. */
    private Holds withoutAccount(boolean isAmongAll) {
        return accountLabels == null ? Holds.YES : accountLabels.test(new CalicoLabels.Plain(Map.of(), isAmongAll));
    }

    private Holds labels(CalicoSelector.Labels of) {
        Holds holds = labels == null ? Holds.YES : labels.test(of);
        return notLabels == null ? holds : holds.and(notLabels.test(of).negated());
    }
}
