package dev.weir.policy.lint;

import dev.weir.model.Direction;
import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.model.context.ClusterObjects;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.clause.LabelOperator;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lints that need the described pods. */
final class PodLints {
    private final Cluster cluster;
    private final boolean namespacesDescribed;
    private final Linter.Report report;
    private final Collection<Map<String, String>> podLabels;
    private final Map<String, List<Member>> byNamespace = new HashMap<>();

    /**
     * Creates the lints.
     *
     * @param namespacesDescribed true if any namespace is described, so that labels of namespaces are known
     */
    PodLints(Cluster cluster, boolean namespacesDescribed, Linter.Report report) {
        this.cluster = cluster;
        this.namespacesDescribed = namespacesDescribed;
        this.report = report;
        this.podLabels = cluster.members().stream()
                .map(member -> member.pod().identity().labels())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        cluster.members().forEach(member -> byNamespace
                .computeIfAbsent(member.pod().namespace(), name -> new ArrayList<>())
                .add(member));
    }

    /** The pods that a policy of a namespace can be about; all pods for a policy of the cluster. */
    private List<Member> membersFor(Policy policy) {
        String namespace = policy.ref().namespace();
        return namespace == null ? cluster.members() : byNamespace.getOrDefault(namespace, List.of());
    }

    void look(Policy policy) {
        List<Member> selected = membersFor(policy).stream()
                .filter(member -> policy.subject().selects(member.pod().identity()))
                .toList();
        if (selected.isEmpty() && !selectsNode(policy)) {
            report.add(
                    Lint.SELECTS_NOTHING, policy, subjectField(policy), "selects none of the pods that are described");
        }
        if (policy.subject() instanceof PodClause subject) {
            labels(policy, subject, subjectField(policy));
        }
        for (Direction direction : policy.directions()) {
            for (Rule rule : policy.rules(direction)) {
                for (PeerClause peer : rule.peers()) {
                    if (peer instanceof PodClause pods) {
                        labels(policy, pods, "spec." + rule.id());
                    }
                }
                List<Member> listening =
                        direction == Direction.INGRESS ? selected : destinations(rule, membersFor(policy));
                rule.ports().forEach(port -> port(policy, rule, port, listening, report));
            }
        }
    }

    private boolean selectsNode(Policy policy) {
        return cluster.nodesByAddress().values().stream()
                .map(Peer::node)
                .anyMatch(node -> node != null && policy.subject().selectsNode(node));
    }

    /**
     * The destinations of a rule about pods of the policy's own namespace; those of other namespaces may be described
     * elsewhere.
     */
    private static List<Member> destinations(Rule rule, List<Member> members) {
        boolean ownPods = !rule.peers().isEmpty()
                && rule.peers().stream().allMatch(peer -> peer instanceof PodClause pods && pods.namespace() != null);
        return ownPods
                ? members.stream()
                        .filter(member -> rule.peers().stream().anyMatch(peer -> ((PodClause) peer)
                                .selects(member.pod().identity())))
                        .toList()
                : List.of();
    }

    /**
     * Checks a port. Silent where a pod declares no ports at all, which it need not; a named port must be declared to
     * mean anything.
     */
    private static void port(Policy policy, Rule rule, PortClause port, List<Member> listening, Linter.Report report) {
        if (listening.isEmpty() || (port.name() == null && port.first() == 0)) {
            return;
        }
        boolean allDeclare =
                listening.stream().noneMatch(member -> member.listens().isEmpty());
        if (port.name() == null && !allDeclare) {
            return;
        }
        if (listening.stream().noneMatch(member -> listens(member, port))) {
            String who = listening.stream()
                    .map(member -> member.workload().namespace() + "/"
                            + member.workload().name())
                    .distinct()
                    .limit(3)
                    .collect(Collectors.joining(", "));
            report.add(
                    Lint.PORT_NEVER_OPENED,
                    policy,
                    "spec." + rule.id() + ".ports",
                    port.display() + " is declared by none of the pods that it leads to (" + who + ")");
        }
    }

    private static boolean listens(Member member, PortClause port) {
        if (port.name() != null) {
            for (NamedPort named : member.pod().identity().ports()) {
                if (named.name().equals(port.name())
                        && (port.protocol() == null || port.protocol().equals(named.protocol()))) {
                    return true;
                }
            }
            return false;
        }
        for (String listens : member.listens()) {
            int slash = listens.indexOf('/');
            int number = Integer.parseInt(listens.substring(slash + 1));
            if (listens.substring(0, slash).equals(port.protocol())
                    && port.first() <= number
                    && number <= port.last()) {
                return true;
            }
        }
        return false;
    }

    private void labels(Policy policy, PodClause clause, String field) {
        Collection<Map<String, String>> pods = podLabels;
        List<String> unused = new ArrayList<>();
        LabelSelector namespaces = clause.namespaces();
        boolean described =
                namespaces == null || cluster.namespaces().values().stream().anyMatch(namespaces::matches);
        if (described) {
            unused(clause.pods(), pods, "pod", unused);
        }
        if (namespacesDescribed) {
            unused(namespaces, cluster.namespaces().values(), "namespace", unused);
        }
        unused.forEach(reason -> report.add(Lint.LABEL_USED_NOWHERE, policy, field, reason));
    }

    private static void unused(
            @Nullable LabelSelector selector,
            Collection<Map<String, String>> labels,
            String what,
            List<String> unused) {
        if (selector == null) {
            return;
        }
        for (LabelSelector.Requirement requirement : selector.requirements()) {
            boolean wants =
                    requirement.operator() == LabelOperator.IN || requirement.operator() == LabelOperator.EXISTS;
            // A namespace that is selected by name may be described elsewhere, with its pods.
            boolean named = requirement.key().equals(ClusterObjects.NAMESPACE_NAME_LABEL);
            if (wants && !named && labels.stream().noneMatch(requirement::holds)) {
                String values = requirement.values().isEmpty() ? "" : "=" + String.join("|", requirement.values());
                unused.add("selects by the label " + requirement.key() + values + ", which no " + what + " has");
            }
        }
    }

    private static String subjectField(Policy policy) {
        return policy.ref().namespace() == null ? "spec.subject" : "spec.podSelector";
    }
}
