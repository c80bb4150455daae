package dev.weir.policy;

import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One ingress or egress rule of a compiled policy.
 *
 * @param ref the policy with this rule in it
 * @param id {@code ingress[0]}: the place in the policy
 * @param peers one of them must hold; empty for any peer at all
 * @param ports one of them must hold; empty for any port of any protocol
 * @param conditions must all hold as well
 */
public record Rule(
        PolicyRef ref,
        String id,
        Action action,
        List<PeerClause> peers,
        List<PortClause> ports,
        List<TrafficClause> conditions) {
    private static final String NO_PORT = "the record holds no destination port";
    private static final String NO_ICMP_TYPE = "the record holds no ICMP type";

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
        return new Rule(ref, id, action, List.copyOf(peers), List.copyOf(ports), List.of());
    }

    /** Returns this rule for traffic alone that further conditions hold for. */
    public Rule where(List<? extends TrafficClause> further) {
        return new Rule(ref, id, action, peers, ports, List.copyOf(further));
    }

    /** Returns this rule with another effect. */
    public Rule with(Action other) {
        return new Rule(ref, id, other, peers, ports, conditions);
    }

    /** The condition on requests; null for any request. */
    @Nullable RequestClause request() {
        for (TrafficClause each : conditions) {
            if (each instanceof RequestClause request) {
                return request;
            }
        }
        return null;
    }

    /**
     * Tests the traffic without giving reasons: most rules do not match.
     *
     * @param required further conditions on peers that requirements bind
     */
    Holds holds(Traffic traffic, Peer other, List<PeerClause> required) {
        Holds holds = connectionHolds(traffic, other, required);
        RequestClause request = request();
        return holds == Holds.NO || request == null ? holds : holds.and(request.holds(traffic));
    }

    /** Tests the traffic without its requests. */
    Holds connectionHolds(Traffic traffic, Peer other, List<PeerClause> required) {
        Holds holds = portHolds(traffic);
        for (TrafficClause each : conditions) {
            if (holds != Holds.NO && !(each instanceof RequestClause)) {
                holds = holds.and(each.holds(traffic));
            }
        }
        return holds == Holds.NO ? holds : holds.and(peerHolds(traffic, other, required));
    }

    /** Tests the traffic and gives the reasons. */
    public Match match(Traffic traffic, Direction direction) {
        Peer other = direction == Direction.INGRESS ? traffic.source() : traffic.destination();
        List<String> failures = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        Holds peer = peerHolds(traffic, other, List.of());
        if (peer != Holds.YES) {
            (peer == Holds.NO ? failures : unknown).addAll(peerReasons(traffic, other, peer));
        }
        Holds port = portHolds(traffic);
        if (port == Holds.UNKNOWN) {
            unknown.add(PortClause.PROTOCOLS.contains(traffic.protocol()) ? NO_PORT : NO_ICMP_TYPE);
        } else if (port == Holds.NO) {
            failures.add("the port is " + traffic.service() + ", not "
                    + ports.stream()
                            .map(clause -> clause.display(traffic.destination()))
                            .collect(Collectors.joining(" or ")));
        }
        for (TrafficClause each : conditions) {
            Holds holds = each.holds(traffic);
            if (holds != Holds.YES) {
                (holds == Holds.NO ? failures : unknown).add(each.reason(traffic, holds));
            }
        }
        return new Match(this, failures, unknown);
    }

    /** True if its peers may hold for the other end, ports aside. */
    public boolean mayBeAbout(Peer other) {
        return peers.isEmpty() || peers.stream().anyMatch(peer -> peer.holds(other) != Holds.NO);
    }

    /** Adds the destination ports at which it may change whether the rule matches. */
    public void addBoundaries(Traffic traffic, Set<Integer> boundaries) {
        ports.forEach(port -> port.addBoundaries(traffic.destination(), traffic.protocol(), boundaries));
        conditions.forEach(each -> each.addBoundaries(traffic, boundaries));
    }

    private Holds peerHolds(Traffic traffic, Peer other, List<PeerClause> required) {
        if (peers.isEmpty()) {
            return Holds.YES;
        }
        Holds holds = Holds.NO;
        for (PeerClause peer : peers) {
            Holds its = peer.holds(traffic, other);
            for (PeerClause each : required) {
                if (its != Holds.NO && peer.isBoundByRequirements()) {
                    its = its.and(each.holds(traffic, other));
                }
            }
            holds = holds.or(its);
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
    private List<String> peerReasons(Traffic traffic, Peer other, Holds answer) {
        List<String> fewest = List.of();
        for (PeerClause peer : peers) {
            if (peer.holds(traffic, other) == answer) {
                List<String> reasons = peer.reasons(other);
                if (fewest.isEmpty() || reasons.size() < fewest.size()) {
                    fewest = reasons;
                }
            }
        }
        return fewest;
    }
}
