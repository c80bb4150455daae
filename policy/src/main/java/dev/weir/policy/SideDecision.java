package dev.weir.policy;

import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The decision of the policies about one side of the traffic.
 *
 * @param decidedBy the rule that decided; for an allow by policies of a namespace, every rule that allows; for a denial
 *     because none allows, every policy that selects the pod; for an unknown decision, the undecided rules
 * @param passedBy rules that passed the traffic on to a later tier
 */
public record SideDecision(Expected expected, List<PolicyRef> decidedBy, List<PolicyRef> passedBy) {
    /**
     * No policy selects the side, or no selecting policy has a rule about it: the default of Kubernetes is to allow.
     */
    static final SideDecision UNSELECTED = new SideDecision(Expected.UNSELECTED, List.of(), List.of());

    static final SideDecision ITSELF = new SideDecision(Expected.ALLOW, List.of(), List.of());

    /** The decision of which both are outcomes: unknown unless both deny, or neither does. */
    SideDecision or(SideDecision other) {
        Set<PolicyRef> refs = new LinkedHashSet<>(decidedBy);
        refs.addAll(other.decidedBy);
        List<PolicyRef> both = List.copyOf(refs);
        boolean isUnknown = expected == Expected.UNKNOWN || other.expected == Expected.UNKNOWN;
        if (isUnknown || (expected == Expected.DENY) != (other.expected == Expected.DENY)) {
            return new SideDecision(Expected.UNKNOWN, both, List.of());
        }
        SideDecision shown = other.expected == Expected.ALLOW ? other : this;
        return new SideDecision(shown.expected, both, shown.passedBy);
    }
}
