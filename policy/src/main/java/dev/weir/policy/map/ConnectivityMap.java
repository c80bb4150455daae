package dev.weir.policy.map;

import dev.weir.model.Direction;
import dev.weir.model.Expected;
import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Rule;
import dev.weir.policy.Selected;
import dev.weir.policy.SideDecision;
import dev.weir.policy.Traffic;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.cluster.Cluster;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that a set of policies allows, found by deciding between each two groups at every port at which a rule may change
 * its answer. What passes within one workload is left out, and so is what passes between two ends outside the cluster.
 *
 * @param groups in the order of the workloads, those outside last
 * @param connections those with any port open or unknown
 * @param hiddenBlocks blocks of addresses that are too many to be shown
 */
public record ConnectivityMap(List<Group> groups, List<Connection> connections, int hiddenBlocks) {

    /** A connection that two sets of policies treat differently. */
    public record Difference(Connection before, Connection after) {}

    public static ConnectivityMap of(Cluster cluster) {
        List<Group> groups = PodGroups.of(cluster, List.of(cluster.policies()));
        List<Connection> connections = new ArrayList<>();
        Ends ends = new Ends(groups, cluster.policies());
        for (int from = 0; from < groups.size(); from++) {
            for (int to = 0; to < groups.size(); to++) {
                if (isShown(groups.get(from), groups.get(to))) {
                    Connection connection = ends.connection(from, to);
                    if (!connection.isNothing()) {
                        connections.add(connection);
                    }
                }
            }
        }
        return new ConnectivityMap(groups, connections, PodGroups.hiddenBlocks(List.of(cluster.policies())));
    }

    /** The differences between two sets of policies for the same pods. */
    public static List<Difference> compare(Cluster cluster, PolicySet before, PolicySet after) {
        List<Group> groups = PodGroups.of(cluster, List.of(before, after));
        Ends endsBefore = new Ends(groups, before);
        Ends endsAfter = new Ends(groups, after);
        List<Difference> differences = new ArrayList<>();
        for (int from = 0; from < groups.size(); from++) {
            for (int to = 0; to < groups.size(); to++) {
                if (isShown(groups.get(from), groups.get(to))) {
                    Connection old = endsBefore.connection(from, to);
                    Connection now = endsAfter.connection(from, to);
                    if (!old.equals(now)) {
                        differences.add(new Difference(old, now));
                    }
                }
            }
        }
        return differences;
    }

    /**
     * True unless both are one workload: its own replicas are one member of a group, whose other members may be shown.
     */
    private static boolean isShown(Group from, Group to) {
        boolean within = from == to && from.members().size() == 1;
        return !within && !(from.outside() && to.outside()) && from.family().meets(to.family());
    }

    /** The groups with the policies that select each. */
    private static final class Ends {
        private final List<Group> groups;
        private final List<Selected> egress = new ArrayList<>();
        private final List<Selected> ingress = new ArrayList<>();
        private final Map<String, List<Integer>> byNamespace = new HashMap<>();
        private final Map<PeerClause, BitSet> byClause = new HashMap<>();
        private final List<@Nullable BitSet> egressPeers = new ArrayList<>();
        private final List<@Nullable BitSet> ingressPeers = new ArrayList<>();

        Ends(List<Group> groups, PolicySet policies) {
            this.groups = groups;
            for (Group group : groups) {
                egress.add(policies.selecting(group.peer(), Direction.EGRESS));
                ingress.add(policies.selecting(group.peer(), Direction.INGRESS));
            }
            for (int i = 0; i < groups.size(); i++) {
                Peer.Pod pod = groups.get(i).peer().pod();
                if (pod != null) {
                    byNamespace
                            .computeIfAbsent(pod.namespace(), name -> new ArrayList<>())
                            .add(i);
                }
            }
            Map<List<Rule>, BitSet> known = new HashMap<>();
            egress.forEach(selected -> egressPeers.add(peers(selected, known)));
            ingress.forEach(selected -> ingressPeers.add(peers(selected, known)));
        }

        /** The groups that any rule may be about; null for all, unless a rule of the first tier must allow. */
        private @Nullable BitSet peers(Selected selected, Map<List<Rule>, BitSet> known) {
            Selected.InTier first =
                    selected.tiers().isEmpty() ? null : selected.tiers().get(0);
            if (first == null
                    || first.tier().isOrdered()
                    || first.policies().stream()
                            .noneMatch(policy -> policy.isolated().contains(selected.direction()))) {
                return null;
            }
            BitSet all = new BitSet(groups.size());
            for (Policy policy : first.policies()) {
                all.or(known.computeIfAbsent(policy.rules(selected.direction()), this::peers));
            }
            return all;
        }

        private BitSet peers(List<Rule> rules) {
            BitSet about = new BitSet(groups.size());
            for (Rule rule : rules) {
                if (rule.peers().isEmpty()) {
                    about.set(0, groups.size());
                }
                rule.peers().forEach(clause -> about.or(byClause.computeIfAbsent(clause, this::peers)));
            }
            return about;
        }

        private BitSet peers(PeerClause clause) {
            BitSet about = new BitSet(groups.size());
            Set<String> namespaces = clause instanceof PodClause pods ? pods.namespacesByName() : null;
            if (namespaces == null) {
                for (int i = 0; i < groups.size(); i++) {
                    about.set(i, clause.holds(groups.get(i).peer()) != Holds.NO);
                }
                return about;
            }
            for (String namespace : namespaces) {
                for (int i : byNamespace.getOrDefault(namespace, List.of())) {
                    about.set(i, clause.holds(groups.get(i).peer()) != Holds.NO);
                }
            }
            return about;
        }

        /** Answers quickly for most pairs: isolated by policies of which none is about the other. */
        private static boolean mayReach(List<@Nullable BitSet> peers, int from, int to) {
            BitSet known = peers.get(from);
            return known == null || known.get(to);
        }

        Connection connection(int from, int to) {
            Peer source = groups.get(from).peer();
            Peer destination = groups.get(to).peer();
            Selected out = egress.get(from);
            Selected in = ingress.get(to);
            if (!mayReach(egressPeers, from, to) || !mayReach(ingressPeers, to, from)) {
                return new Connection(groups.get(from), groups.get(to), Ports.NONE, Ports.NONE);
            }
            if (out.isEmpty() && in.isEmpty()) {
                return new Connection(groups.get(from), groups.get(to), Ports.ALL, Ports.NONE);
            }
            Ports.Builder allowed = new Ports.Builder();
            Ports.Builder unknown = new Ports.Builder();
            for (String protocol : Ports.PROTOCOLS) {
                int first = 1;
                TreeSet<Integer> starts = new TreeSet<>();
                Traffic atAnyPort = new Traffic(source, destination, protocol, null);
                boundaries(out, destination, atAnyPort, starts);
                boundaries(in, source, atAnyPort, starts);
                starts.add(Ports.LAST + 1);
                for (int next : starts) {
                    if (next > first) {
                        Traffic traffic = new Traffic(source, destination, protocol, first);
                        add(protocol, first, next - 1, out.decide(traffic), in.decide(traffic), allowed, unknown);
                        first = next;
                    }
                }
            }
            return new Connection(groups.get(from), groups.get(to), allowed.build(), unknown.build());
        }

        private static void add(
                String protocol,
                int first,
                int last,
                SideDecision out,
                SideDecision in,
                Ports.Builder allowed,
                Ports.Builder unknown) {
            if (out.expected() == Expected.DENY || in.expected() == Expected.DENY) {
                return;
            }
            boolean known = out.expected() != Expected.UNKNOWN && in.expected() != Expected.UNKNOWN;
            (known ? allowed : unknown).add(protocol, first, last);
        }

        private static void boundaries(Selected selected, Peer other, Traffic traffic, TreeSet<Integer> starts) {
            for (Policy policy : selected.all()) {
                for (Rule rule : policy.rules(selected.direction())) {
                    if (rule.mayBeAbout(other)) {
                        rule.addBoundaries(traffic, starts);
                    }
                }
            }
        }
    }
}
