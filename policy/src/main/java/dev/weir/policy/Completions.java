package dev.weir.policy;

import dev.weir.model.Expected;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides about traffic of which a property is not known by all ways to complete it: where the outcome is the same for
 * each of them, that is the decision. The properties are the port, and those for which a policy gives completions.
 */
final class Completions {
    private final Selected policies;
    private final Traffic traffic;

    Completions(Selected policies, Traffic traffic) {
        this.policies = policies;
        this.traffic = traffic;
    }

    /** True if the traffic has a destination port that is not known. */
    static boolean isPortOpen(Traffic traffic) {
        return traffic.port() == null && PortClause.PROTOCOLS.contains(traffic.protocol());
    }

    /**
     * Returns the decision.
     *
     * @param undecided that of the rules one by one, which stands where outcomes differ
     */
    SideDecision decide(SideDecision undecided) {
        List<Traffic> ways = isPortOpen(traffic) ? atEachPort() : byPolicies();
        return ways.size() > 1 ? joint(ways, undecided) : undecided;
    }

    private SideDecision joint(List<Traffic> ways, SideDecision undecided) {
        Set<PolicyRef> decidedBy = new LinkedHashSet<>();
        SideDecision joint = null;
        for (Traffic way : ways) {
            SideDecision its = policies.decide(way);
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

    /** The traffic at the lowest port, and at each from which on an answer may be another one. */
    private List<Traffic> atEachPort() {
        Set<Integer> ports = new TreeSet<>(Set.of(1));
        for (Policy policy : policies.all()) {
            policy.subject().addBoundaries(traffic, ports);
            policy.rules(policies.direction()).forEach(rule -> rule.addBoundaries(traffic, ports));
        }
        List<Traffic> ways = new ArrayList<>(ports.size());
        ports.forEach(port -> ways.add(traffic.at(port)));
        return ways;
    }

    private List<Traffic> byPolicies() {
        for (Policy policy : policies.all()) {
            List<Traffic> ways = policy.subject().completions(traffic);
            if (!ways.isEmpty()) {
                return ways;
            }
        }
        return List.of();
    }
}
