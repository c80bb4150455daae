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
        List<PolicyRef> selecting = new ArrayList<>();
        List<PolicyRef> allowing = new ArrayList<>();
        List<PolicyRef> undecided = new ArrayList<>();
        Nearest nearest = new Nearest(traffic, pod, direction);
        for (Policy policy : byNamespace.getOrDefault(pod.namespace(), List.of())) {
            if (!policy.selects(pod, direction)) {
                continue;
            }
            selecting.add(withRule(policy.ref(), direction.name().toLowerCase(Locale.ROOT)));
            for (Match match : policy.match(traffic, direction)) {
                if (match.matched()) {
                    allowing.add(withRule(policy.ref(), match.rule()));
                } else {
                    nearest.consider(policy.ref(), match);
                    if (match.undecided()) {
                        undecided.add(withRule(policy.ref(), match.rule()));
                    }
                }
            }
        }
        if (selecting.isEmpty()) {
            return SideDecision.UNSELECTED;
        }
        if (!allowing.isEmpty()) {
            return new SideDecision(Expected.ALLOW, allowing, null);
        }
        if (!undecided.isEmpty()) {
            return new SideDecision(Expected.UNKNOWN, undecided, nearest.sentence());
        }
        return new SideDecision(Expected.DENY, selecting, nearest.sentence());
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
