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
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles HostEndpoint: it puts a node under policies, and denies what neither a policy nor one of its profiles
 * allows, but for a few ports that keep the node within reach.
 */
final class HostEndpoints {
    private static final String ALLOWS_ALL = "projectcalico-default-allow";

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
        String node = spec.required("node").text();
        if (spec.child("interfaceName").absent()
                && spec.child("expectedIPs").elements().isEmpty()) {
            throw spec.child("interfaceName").invalid("is missing, and so is expectedIPs");
        }
        CalicoEnds.nets(spec.child("expectedIPs"));
        spec.child("ports").elements().forEach(CalicoPorts::checkNamed);
        Map<Direction, List<Rule>> rules = new EnumMap<>(Direction.class);
        Map<Direction, List<Rule>> failsafe = new EnumMap<>(Direction.class);
        for (Direction direction : Direction.values()) {
            rules.put(direction, ofProfiles(ref, spec, direction, facts));
            failsafe.put(
                    direction,
                    List.of(Rule.of(
                            ref,
                            direction,
                            0,
                            "failsafe",
                            Action.ALLOW,
                            List.of(),
                            FAILSAFE.getOrDefault(direction, List.of()))));
        }
        OfNode subject = new OfNode(node, CalicoFacts.of(facts));
        PolicyRef always = new PolicyRef(ref.kind(), null, ref.name(), "failsafe");
        Set<Direction> both = EnumSet.allOf(Direction.class);
        return List.of(
                new Policy(ref, CalicoTiers.PROFILES, 0, subject, both, both, Map.copyOf(rules)),
                new Policy(always, CalicoTiers.FAILSAFE, 0, subject, both, Set.of(), Map.copyOf(failsafe)));
    }

    private static List<Rule> ofProfiles(PolicyRef ref, Fields spec, Direction direction, ClusterFacts facts) {
        List<Rule> rules = new ArrayList<>();
        for (Fields name : spec.child("profiles").elements()) {
            JsonNode profile = CalicoFacts.of(facts).profile(name.text());
            if (name.text().equals(ALLOWS_ALL)) {
                rules.add(Rule.of(ref, direction, 0, ALLOWS_ALL, Action.ALLOW, List.of(), List.of()));
            } else if (profile != null) {
                Fields of = Fields.of("Profile", null, profile).child("spec");
                rules.addAll(new CalicoRules(ref, null, facts).rules(of.child(direction.id()), direction));
            }
        }
        return List.copyOf(rules);
    }
}
