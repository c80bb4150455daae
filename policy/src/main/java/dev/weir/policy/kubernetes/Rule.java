package dev.weir.policy.kubernetes;

import dev.weir.policy.Match;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One ingress or egress rule.
 *
 * @param name {@code ingress[0]}
 * @param peers empty for any
 * @param ports empty for any
 */
record Rule(String name, List<PeerRule> peers, List<PortRule> ports) {

    static Rule parse(String namespace, Fields rule, String direction, int index) {
        String peersField = direction.equals("ingress") ? "from" : "to";
        rule.allowOnly(peersField, "ports");
        return new Rule(
                direction + "[" + index + "]",
                rule.child(peersField).elements().stream()
                        .map(entry -> PeerRule.parse(namespace, entry))
                        .toList(),
                rule.child("ports").elements().stream().map(PortRule::parse).toList());
    }

    /** Whether it allows the traffic, without saying why not: most rules that are asked do not match. */
    boolean allows(Traffic traffic, Peer other) {
        return portResult(traffic) == PortRule.Result.YES
                && (peers.isEmpty() || peers.stream().anyMatch(peer -> peer.matches(other)));
    }

    Match match(Traffic traffic, Peer other) {
        List<String> peerFailures = peerFailures(other);
        PortRule.Result port = portResult(traffic);
        if (port == PortRule.Result.UNKNOWN) {
            return new Match(name, peerFailures, List.of("the record does not tell its destination port"));
        }
        if (port == PortRule.Result.YES) {
            return new Match(name, peerFailures, List.of());
        }
        List<String> failures = new ArrayList<>(peerFailures);
        failures.add("the port is " + traffic.service() + ", not "
                + ports.stream().map(PortRule::display).collect(Collectors.joining(" or ")));
        return new Match(name, failures, List.of());
    }

    /** Those of the entry that fails by least. */
    private List<String> peerFailures(Peer other) {
        List<String> fewest = List.of();
        for (int i = 0; i < peers.size(); i++) {
            List<String> failures = peers.get(i).failures(other);
            if (failures.isEmpty()) {
                return failures;
            }
            if (i == 0 || failures.size() < fewest.size()) {
                fewest = failures;
            }
        }
        return fewest;
    }

    private PortRule.Result portResult(Traffic traffic) {
        if (ports.isEmpty()) {
            return PortRule.Result.YES;
        }
        PortRule.Result result = PortRule.Result.NO;
        for (PortRule rule : ports) {
            PortRule.Result one = rule.matches(traffic);
            if (one == PortRule.Result.YES) {
                return one;
            }
            if (one == PortRule.Result.UNKNOWN) {
                result = one;
            }
        }
        return result;
    }
}
