package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Action;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.Policy;
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.Traffic;
import dev.weir.policy.clause.Fields;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles HostEndpoint: it puts a node under policies, and denies what neither a policy nor one of its profiles
 * allows, but for a few ports that keep the node within reach. A rule of a profile that passes leads to the next one.
 */
final class HostEndpoints {
    private static final String ALLOWS_ALL = "projectcalico-default-allow";

    private static final Set<Direction> BOTH = Set.of(Direction.values());

    private static final Map<Direction, List<PortClause>> FAILSAFE = Map.of(
            Direction.INGRESS,
            ports(List.of(22, 179, 2379, 2380, 5473, 6443, 6666, 6667), List.of(68)),
            Direction.EGRESS,
            ports(List.of(179, 2379, 2380, 5473, 6443, 6666, 6667), List.of(53, 67)));

    private HostEndpoints() {}

    /** Selects the node of a host endpoint. */
    record OfNode(String node, CalicoFacts facts) implements Policy.Subject {
        @Override
        public boolean selects(Identity pod) {
            return false;
        }

        @Override
        public boolean selectsNode(Peer.Node other) {
            return other.name().equals(node);
        }

        @Override
        public boolean isAbout(Traffic traffic) {
            return facts.mayPassHostEndpoint(traffic);
        }
    }

    private static List<PortClause> ports(List<Integer> ofTcp, List<Integer> ofUdp) {
        List<PortClause> ports = new ArrayList<>();
        ofTcp.forEach(port -> ports.add(PortClause.range("TCP", port, port)));
        ofUdp.forEach(port -> ports.add(PortClause.range("UDP", port, port)));
        return List.copyOf(ports);
    }

    /** Compiles a host endpoint to what its profiles allow and to the ports that are always open. */
    static List<Policy> compile(PolicyRef ref, Fields spec, ClusterFacts facts) {
        spec.allowOnly("node", "interfaceName", "expectedIPs", "profiles", "ports");
        OfNode subject = new OfNode(spec.required("node").text(), CalicoFacts.of(facts));
        if (spec.child("interfaceName").absent()
                && spec.child("expectedIPs").elements().isEmpty()) {
            throw spec.child("interfaceName").invalid("is missing, and so is expectedIPs");
        }
        CalicoEnds.nets(spec.child("expectedIPs"));
        spec.child("ports").elements().forEach(CalicoPorts::checkNamed);
        List<Policy> policies = new ArrayList<>();
        policies.add(failsafe(ref, subject));
        policies.addAll(profiles(ref, subject, spec.child("profiles"), facts));
        return List.copyOf(policies);
    }

    private static Policy failsafe(PolicyRef ref, OfNode subject) {
        Map<Direction, List<Rule>> rules = new EnumMap<>(Direction.class);
        FAILSAFE.forEach((direction, ports) ->
                rules.put(direction, List.of(Rule.of(ref, direction, 0, "failsafe", Action.ALLOW, List.of(), ports))));
        PolicyRef always = new PolicyRef(ref.kind(), null, ref.name(), "failsafe");
        return new Policy(always, CalicoTiers.FAILSAFE, 0, subject, BOTH, Set.of(), Map.copyOf(rules));
    }

    /** The profiles, a policy each, of which the last denies what none allows. */
    private static List<Policy> profiles(PolicyRef ref, OfNode subject, Fields list, ClusterFacts facts) {
        List<Fields> names = list.elements();
        if (names.isEmpty()) {
            return List.of(new Policy(ref, CalicoTiers.profile(0), 0, subject, BOTH, BOTH, Map.of()));
        }
        List<Policy> policies = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            boolean isLast = i == names.size() - 1;
            PolicyRef its = isLast ? ref : new PolicyRef(ref.kind(), null, ref.name(), "profiles[" + i + "]");
            Map<Direction, List<Rule>> rules = new EnumMap<>(Direction.class);
            for (Direction direction : BOTH) {
                List<Rule> ofProfile = ofProfile(ref, names.get(i).text(), direction, facts);
                rules.put(direction, isLast ? withoutPass(ofProfile) : ofProfile);
            }
            policies.add(new Policy(
                    its, CalicoTiers.profile(i), 0, subject, BOTH, isLast ? BOTH : Set.of(), Map.copyOf(rules)));
        }
        return policies;
    }

    /** The rules of a profile; felix takes one that is not there for one that denies everything. */
    private static List<Rule> ofProfile(PolicyRef ref, String name, Direction direction, ClusterFacts facts) {
        JsonNode profile = CalicoFacts.of(facts).profile(name);
        if (name.equals(ALLOWS_ALL) || profile == null) {
            Action action = name.equals(ALLOWS_ALL) ? Action.ALLOW : Action.DENY;
            return List.of(Rule.of(ref, direction, 0, name, action, List.of(), List.of()));
        }
        Fields rules = Fields.of("Profile", null, profile).child("spec").child(direction.id());
        return new CalicoRules(ref, null, facts).rules(rules, direction, name);
    }

    /** The rules of the last profile, of which those that pass on the traffic have it denied. */
    private static List<Rule> withoutPass(List<Rule> rules) {
        return rules.stream()
                .map(rule -> rule.action() == Action.PASS ? rule.with(Action.DENY) : rule)
                .toList();
    }
}
