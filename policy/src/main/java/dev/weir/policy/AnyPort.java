package dev.weir.policy;

import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides about traffic whose port is not known by all ports that policies distinguish: where the outcome is the same at
 * each of them, that is the decision.
 */
final class AnyPort {
    private final Selected policies;
    private final Traffic traffic;

    AnyPort(Selected policies, Traffic traffic) {
        this.policies = policies;
        this.traffic = traffic;
    }

    /**
     * Returns the decision.
     *
     * @param undecided that of the rules one by one, which stands where outcomes differ or depend on no port
     */
    SideDecision decide(SideDecision undecided) {
        Set<Integer> ports = ports();
        if (ports.size() == 1) {
            return undecided;
        }
        Set<PolicyRef> decidedBy = new LinkedHashSet<>();
        SideDecision joint = null;
        for (int port : ports) {
            SideDecision its = policies.decide(traffic.at(port));
            decidedBy.addAll(its.decidedBy());
            if (its.expected() == Expected.UNKNOWN || joint != null && isDenied(joint) != isDenied(its)) {
                return undecided.expected() == Expected.UNKNOWN
                        ? undecided
                        : new SideDecision(Expected.UNKNOWN, List.copyOf(decidedBy), List.of());
            }
            joint = joint == null || its.expected() == Expected.ALLOW ? its : joint;
        }
        return joint == null ? undecided : new SideDecision(joint.expected(), List.copyOf(decidedBy), joint.passedBy());
    }

    private static boolean isDenied(SideDecision decision) {
        return decision.expected() == Expected.DENY;
    }

    /** The lowest port, and those from which on an answer may be another one. */
    private Set<Integer> ports() {
        Set<Integer> ports = new TreeSet<>(Set.of(1));
        for (Policy policy : policies.all()) {
            policy.subject().addBoundaries(traffic, ports);
            policy.rules(policies.direction()).forEach(rule -> rule.addBoundaries(traffic, ports));
        }
        return ports;
    }
}
