package dev.weir.policy;

import dev.weir.model.Direction;
import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The policies in force at one moment. Immutable; a change makes a new set that shares what it does not touch. */
public final class PolicySet {
    public static final PolicySet EMPTY = new PolicySet(Map.of());

    private final Map<String, List<Policy>> byNamespace;

    private PolicySet(Map<String, List<Policy>> byNamespace) {
        this.byNamespace = byNamespace;
    }

    public static PolicySet of(Collection<? extends Policy> policies) {
        PolicySet set = EMPTY;
        for (Policy policy : policies) {
            set = set.with(policy);
        }
        return set;
    }

    /** This set with a policy added, or replaced when one of its kind, namespace and name is there. */
    public PolicySet with(Policy policy) {
        List<Policy> ofNamespace = without(policy.ref()).inNamespaceOf(policy.ref());
        List<Policy> more = new ArrayList<>(ofNamespace);
        more.add(policy);
        more.sort(Comparator.comparing(each -> each.ref().name()));
        return replaced(namespaceOf(policy.ref()), more);
    }

    /** This set without a policy. */
    public PolicySet without(PolicyRef ref) {
        List<Policy> fewer = inNamespaceOf(ref).stream()
                .filter(policy -> !policy.ref().equals(ref))
                .toList();
        return replaced(namespaceOf(ref), fewer);
    }

    public int size() {
        return byNamespace.values().stream().mapToInt(List::size).sum();
    }

    /** What the source's egress policies and the destination's ingress policies say. */
    public Decision decide(Traffic traffic) {
        if (traffic.toItself()) {
            return new Decision(SideDecision.ITSELF, SideDecision.ITSELF);
        }
        return new Decision(
                decide(traffic, traffic.source(), Direction.EGRESS),
                decide(traffic, traffic.destination(), Direction.INGRESS));
    }

    private SideDecision decide(Traffic traffic, Peer subject, Direction direction) {
        Peer.Pod pod = subject.selectable();
        if (pod == null) {
            return SideDecision.UNSELECTED;
        }
        List<Policy> selecting = byNamespace.getOrDefault(pod.namespace(), List.of()).stream()
                .filter(policy -> policy.selects(pod, direction))
                .toList();
        if (selecting.isEmpty()) {
            return SideDecision.UNSELECTED;
        }
        List<PolicyRef> allowing = new ArrayList<>();
        for (Policy policy : selecting) {
            policy.allowing(traffic, direction).forEach(rule -> allowing.add(withRule(policy.ref(), rule)));
        }
        if (!allowing.isEmpty()) {
            return new SideDecision(Expected.ALLOW, allowing, null);
        }
        return explain(traffic, pod, direction, selecting);
    }

    /** Why nothing allows it, which takes longer to find out than that nothing does. */
    private static SideDecision explain(Traffic traffic, Peer.Pod pod, Direction direction, List<Policy> selecting) {
        List<PolicyRef> denying = new ArrayList<>();
        List<PolicyRef> undecided = new ArrayList<>();
        Nearest nearest = new Nearest(traffic, pod, direction);
        for (Policy policy : selecting) {
            denying.add(withRule(policy.ref(), direction.name().toLowerCase(Locale.ROOT)));
            for (Match match : policy.match(traffic, direction)) {
                nearest.consider(policy.ref(), match);
                if (match.undecided()) {
                    undecided.add(withRule(policy.ref(), match.rule()));
                }
            }
        }
        return undecided.isEmpty()
                ? new SideDecision(Expected.DENY, denying, nearest.sentence())
                : new SideDecision(Expected.UNKNOWN, undecided, nearest.sentence());
    }

    private static PolicyRef withRule(PolicyRef ref, String rule) {
        return new PolicyRef(ref.kind(), ref.namespace(), ref.name(), rule);
    }

    private List<Policy> inNamespaceOf(PolicyRef ref) {
        return byNamespace.getOrDefault(namespaceOf(ref), List.of());
    }

    private PolicySet replaced(String namespace, List<Policy> policies) {
        Map<String, List<Policy>> map = new HashMap<>(byNamespace);
        if (policies.isEmpty()) {
            map.remove(namespace);
        } else {
            map.put(namespace, List.copyOf(policies));
        }
        return new PolicySet(map);
    }

    private static String namespaceOf(PolicyRef ref) {
        return ref.namespace() == null ? "" : ref.namespace();
    }
}
