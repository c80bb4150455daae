package dev.weir.policy;

import dev.weir.model.Expected;
import java.util.ArrayList;
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
        SideDecision joint = policies.decide(ways.get(0));
        for (Traffic way : ways.subList(1, ways.size())) {
            joint = joint.or(policies.decide(way));
            if (joint.expected() == Expected.UNKNOWN) {
                break;
            }
        }
        boolean isStill = joint.expected() == Expected.UNKNOWN && undecided.expected() == Expected.UNKNOWN;
        return isStill ? undecided : joint;
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
