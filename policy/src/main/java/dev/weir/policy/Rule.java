package dev.weir.policy;

import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One ingress or egress rule of a compiled policy.
 *
 * @param ref the policy with this rule in it
 * @param id {@code ingress[0]}: the place in the policy
 * @param peers one of them must hold; empty for any peer at all
 * @param ports one of them must hold; empty for any port of any protocol
 */
public record Rule(PolicyRef ref, String id, Action action, List<PeerClause> peers, List<PortClause> ports) {
    private static final String NO_PORT = "the record holds no destination port";

    /**
     * Creates a rule.
     *
     * @param name its author's name for it, so that it reads {@code ingress[0] (deny-all)}; null for none
     */
    public static Rule of(
            PolicyRef policy,
            Direction direction,
            int index,
            @Nullable String name,
            Action action,
            List<PeerClause> peers,
            List<PortClause> ports) {
        String id = direction.id() + "[" + index + "]";
        String rule = name == null || name.isEmpty() ? id : id + " (" + name + ")";
        PolicyRef ref = new PolicyRef(policy.kind(), policy.namespace(), policy.name(), rule);
        return new Rule(ref, id, action, List.copyOf(peers), List.copyOf(ports));
    }

    /** Tests the traffic without giving reasons: most rules do not match. */
    Holds holds(Traffic traffic, Peer other) {
        Holds port = portHolds(traffic);
        return port == Holds.NO ? port : port.and(peerHolds(other));
    }

    /** Tests the traffic and gives the reasons. */
    public Match match(Traffic traffic, Direction direction) {
        Peer other = direction == Direction.INGRESS ? traffic.source() : traffic.destination();
        List<String> failures = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        Holds peer = peerHolds(other);
        if (peer != Holds.YES) {
            (peer == Holds.NO ? failures : unknown).addAll(peerReasons(other, peer));
        }
        Holds port = portHolds(traffic);
        if (port == Holds.UNKNOWN) {
            unknown.add(NO_PORT);
        } else if (port == Holds.NO) {
            failures.add("the port is " + traffic.service() + ", not "
                    + ports.stream()
                            .map(clause -> clause.display(traffic.destination()))
                            .collect(Collectors.joining(" or ")));
        }
        return new Match(this, failures, unknown);
    }

    /** True if its peers may hold for the other end, ports aside. */
    public boolean mayBeAbout(Peer other) {
        return peerHolds(other) != Holds.NO;
    }

    private Holds peerHolds(Peer other) {
        if (peers.isEmpty()) {
            return Holds.YES;
        }
        Holds holds = Holds.NO;
        for (PeerClause peer : peers) {
            holds = holds.or(peer.holds(other));
            if (holds == Holds.YES) {
                return holds;
            }
        }
        return holds;
    }

    private Holds portHolds(Traffic traffic) {
        if (ports.isEmpty()) {
            return Holds.YES;
        }
        Holds holds = Holds.NO;
        for (PortClause port : ports) {
            holds = holds.or(port.holds(traffic));
            if (holds == Holds.YES) {
                return holds;
            }
        }
        return holds;
    }

    /** The reasons of the entry that fails by the fewest, among those with the same answer as the rule. */
    private List<String> peerReasons(Peer other, Holds answer) {
        List<String> fewest = List.of();
        for (PeerClause peer : peers) {
            if (peer.holds(other) == answer) {
                List<String> reasons = peer.reasons(other);
                if (fewest.isEmpty() || reasons.size() < fewest.size()) {
                    fewest = reasons;
                }
            }
        }
        return fewest;
    }
}
