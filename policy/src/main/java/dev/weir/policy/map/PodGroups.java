package dev.weir.policy.map;

import dev.weir.common.Ip;
import dev.weir.policy.Holds;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PolicySet;
import dev.weir.policy.Rule;
import dev.weir.policy.clause.AddressBlock;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.cluster.Cluster;
import dev.weir.policy.cluster.Member;
import dev.weir.policy.cluster.Workload;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the groups of a cluster under some policies: pods for which every clause of every policy has the same answer.
 */
final class PodGroups {
    /** The maximum number of blocks that are shown as senders or receivers of their own. */
    private static final int MAX_BLOCKS = 100;

    /** Addresses that stand for any that no policy names; those for documentation first. */
    private static final List<String> SOMEWHERE =
            List.of("203.0.113.77", "198.51.100.77", "192.0.2.77", "8.8.4.4", "93.184.216.34");

    private static final List<String> SOMEWHERE_V6 = List.of("2001:db8::77", "2606:4700::77", "2a00:1450::77");

    private final ByNamespace<PeerClause> clauses = new ByNamespace<>();
    private final ByNamespace<Policy.Subject> subjects = new ByNamespace<>();
    private final Set<AddressBlock> blocks = new LinkedHashSet<>();

    private record Numbered<T>(T of, int number) {}

    /** Tests of pods by the namespace that they concern, since most concern a single one. */
    private static final class ByNamespace<T> {
        private final Set<T> known = new HashSet<>();
        private final Map<String, List<Numbered<T>>> ofOne = new HashMap<>();
        private final List<Numbered<T>> ofAny = new ArrayList<>();

        void add(T each) {
            if (known.add(each)) {
                Set<String> namespaces = each instanceof PodClause pods ? pods.namespacesByName() : null;
                Numbered<T> numbered = new Numbered<>(each, known.size() - 1);
                if (namespaces == null) {
                    ofAny.add(numbered);
                } else {
                    namespaces.forEach(namespace -> ofOne.computeIfAbsent(namespace, name -> new ArrayList<>())
                            .add(numbered));
                }
            }
        }

        /** Runs all tests that may concern pods of a namespace. */
        void about(String namespace, Consumer<Numbered<T>> asked) {
            ofAny.forEach(asked);
            ofOne.getOrDefault(namespace, List.of()).forEach(asked);
        }

        int size() {
            return known.size();
        }
    }

    private record Signature(BitSet answers, List<?> ports, Group.Family family) {}

    private PodGroups(List<PolicySet> sets) {
        for (PolicySet set : sets) {
            for (Policy policy : set.policies()) {
                subjects.add(policy.subject());
                policy.rules().values().forEach(rules -> rules.forEach(this::add));
            }
        }
    }

    /** The number of blocks without a group of their own because there are too many. */
    static int hiddenBlocks(List<PolicySet> sets) {
        return Math.max(0, new PodGroups(sets).blocks.size() - MAX_BLOCKS);
    }

    static List<Group> of(Cluster cluster, List<PolicySet> sets) {
        PodGroups groups = new PodGroups(sets);
        List<Group> all = new ArrayList<>(groups.workloads(cluster));
        all.addAll(groups.outside(cluster));
        return all;
    }

    private void add(Rule rule) {
        for (PeerClause peer : rule.peers()) {
            clauses.add(peer);
            if (peer instanceof BlockClause block) {
                blocks.add(block.block());
                blocks.addAll(block.except());
            }
        }
    }

    private List<Group> workloads(Cluster cluster) {
        Map<Signature, Map<Workload, Set<String>>> members = new LinkedHashMap<>();
        Map<Signature, Peer> peers = new LinkedHashMap<>();
        Map<Identity, Signature> known = new LinkedHashMap<>();
        Map<Workload, Set<Signature>> parts = new LinkedHashMap<>();
        for (Member member : cluster.members()) {
            Peer first = member.peers().get(0);
            // An address makes a difference only where policies name blocks.
            boolean anyAddress = blocks.isEmpty() && first.node() == null;
            Map<Signature, Peer> its = anyAddress
                    ? Map.of(
                            known.computeIfAbsent(
                                    member.pod().identity(), identity -> signature(first, Group.Family.ANY)),
                            first)
                    : signatures(member.peers());
            its.forEach((signature, peer) -> {
                members.computeIfAbsent(signature, each -> new TreeMap<>())
                        .computeIfAbsent(member.workload(), each -> new TreeSet<>())
                        .add(member.pod().name());
                peers.putIfAbsent(signature, peer);
                parts.computeIfAbsent(member.workload(), each -> new HashSet<>())
                        .add(signature);
            });
        }
        List<Group> groups = new ArrayList<>();
        members.forEach((signature, its) -> {
            List<String> names = new ArrayList<>();
            its.forEach((workload, pods) -> names.add(
                    parts.getOrDefault(workload, Set.of()).size() == 1
                            ? workload.display()
                            : part(workload, pods, signature.family())));
            Peer peer = peers.get(signature);
            if (peer != null) {
                groups.add(new Group(List.copyOf(names), peer, false, signature.family()));
            }
        });
        return groups;
    }

    /** The name of pods of a workload that are treated differently from its others, or only in one address family. */
    private static String part(Workload workload, Set<String> pods, Group.Family family) {
        List<String> first = pods.stream().limit(3).toList();
        String more = pods.size() > first.size() ? " and " + (pods.size() - first.size()) + " more" : "";
        String over =
                switch (family) {
                    case ANY -> "";
                    case V4 -> " over IPv4";
                    case V6 -> " over IPv6";
                };
        return workload.display() + " " + String.join(", ", first) + more + over;
    }

    /** The signatures of addresses: one for all where no clause distinguishes them, else one for each. */
    private Map<Signature, Peer> signatures(List<Peer> peers) {
        Map<Signature, Peer> alike = new LinkedHashMap<>();
        peers.forEach(peer -> alike.putIfAbsent(signature(peer, Group.Family.ANY), peer));
        boolean both = peers.stream().map(Group.Family::of).distinct().count() > 1;
        if (alike.size() == 1 && both) {
            return alike;
        }
        Map<Signature, Peer> each = new LinkedHashMap<>();
        peers.forEach(peer -> each.putIfAbsent(signature(peer, Group.Family.of(peer)), peer));
        return each;
    }

    private Signature signature(Peer peer, Group.Family family) {
        BitSet answers = new BitSet();
        Peer.Pod pod = peer.pod();
        Identity identity = pod == null ? null : pod.identity();
        String namespace = identity == null ? "" : identity.namespace();
        clauses.about(namespace, clause -> {
            Holds holds = clause.of().holds(peer);
            answers.set(2 * clause.number(), holds == Holds.YES);
            answers.set(2 * clause.number() + 1, holds == Holds.UNKNOWN);
        });
        int first = 2 * clauses.size();
        subjects.about(
                namespace,
                subject -> answers.set(
                        first + subject.number(),
                        identity != null && subject.of().selects(identity)));
        answers.set(first + subjects.size(), peer.selectable() != null);
        return new Signature(answers, identity == null ? List.of() : identity.ports(), family);
    }

    /** The groups outside the cluster: the rest of the world, and each block without the narrower ones in it. */
    private List<Group> outside(Cluster cluster) {
        List<Group> groups = new ArrayList<>();
        for (AddressBlock block : blocks.stream().limit(MAX_BLOCKS).toList()) {
            boolean split = blocks.stream().anyMatch(other -> !other.equals(block) && block.contains(other));
            String address = addressOnlyIn(block);
            if (address != null && block.prefix() > 0) {
                groups.add(outside(block + (split ? " without the blocks in it" : ""), address));
            }
        }
        boolean v6 = blocks.stream().anyMatch(block -> block.toString().contains(":"))
                || cluster.members().stream()
                        .flatMap(member -> member.peers().stream())
                        .anyMatch(peer -> Group.Family.of(peer) == Group.Family.V6);
        String elsewhere = elsewhere(SOMEWHERE);
        if (elsewhere != null) {
            groups.add(outside("anywhere outside the cluster" + (v6 ? " (IPv4)" : ""), elsewhere));
        }
        String elsewhereV6 = v6 ? elsewhere(SOMEWHERE_V6) : null;
        if (elsewhereV6 != null) {
            groups.add(outside("anywhere outside the cluster (IPv6)", elsewhereV6));
        }
        return groups;
    }

    private Group outside(String name, String address) {
        Peer peer = Peer.address(address);
        return new Group(List.of(name), peer, true, blocks.isEmpty() ? Group.Family.ANY : Group.Family.of(peer));
    }

    private @Nullable String addressOnlyIn(AddressBlock block) {
        for (String candidate : block.samples()) {
            if (blocks.stream()
                    .noneMatch(other -> !other.equals(block) && block.contains(other) && in(other, candidate))) {
                return candidate;
            }
        }
        return null;
    }

    private @Nullable String elsewhere(List<String> candidates) {
        for (String candidate : candidates) {
            if (blocks.stream().noneMatch(block -> block.prefix() > 0 && in(block, candidate))) {
                return candidate;
            }
        }
        return null;
    }

    private static boolean in(AddressBlock block, String address) {
        byte[] bytes = Ip.parse(address);
        return bytes != null && block.contains(bytes);
    }
}
