package dev.weir.policy;

import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The policies in force at one moment. Immutable; a change makes a new set that shares what it does not touch. */
public final class PolicySet {
    public static final PolicySet EMPTY =
            new PolicySet(Map.of(), List.of(), Encapsulation.NONE, Enforcement.ASSUMED, ClusterFacts.NONE);

    /** The order in a tier; policies of one priority stand as Calico defines it, others do not define it. */
    private static final Comparator<Policy> IN_TIER = Comparator.comparingDouble(Policy::priority)
            .thenComparing(policy -> policy.ref().name())
            .thenComparing(policy -> Objects.requireNonNullElse(policy.ref().namespace(), ""))
            .thenComparing(policy -> policy.ref().kind());

    private static final Comparator<Policy> ORDER =
            Comparator.comparing(Policy::tier).thenComparing(IN_TIER);

    private final Map<String, List<Policy>> byNamespace;
    private final List<Policy> ofCluster;
    private final Encapsulation encapsulation;
    private final Enforcement enforcement;
    private final ClusterFacts facts;
    private final boolean hasMesh;
    private final boolean hasConditions;
    private final int size;

    private PolicySet(
            Map<String, List<Policy>> byNamespace,
            List<Policy> ofCluster,
            Encapsulation encapsulation,
            Enforcement enforcement,
            ClusterFacts facts) {
        this.facts = facts;
        this.encapsulation = encapsulation;
        this.enforcement = enforcement;
        this.byNamespace = byNamespace;
        this.ofCluster = ofCluster;
        this.hasMesh = policies().stream().anyMatch(policy -> policy.tier().isOfMesh());
        this.hasConditions = policies().stream()
                .flatMap(policy -> policy.rules().values().stream())
                .anyMatch(rules ->
                        rules.stream().anyMatch(rule -> !rule.conditions().isEmpty()));
        this.size = ofCluster.size()
                + byNamespace.values().stream().mapToInt(List::size).sum();
    }

    /** Creates a set; of two policies with the same kind, namespace and name the later one counts. */
    public static PolicySet of(Collection<Policy> policies) {
        Map<PolicyRef, Policy> last = new HashMap<>();
        policies.forEach(policy -> last.put(policy.ref(), policy));
        Map<String, List<Policy>> byNamespace = new HashMap<>();
        List<Policy> ofCluster = new ArrayList<>();
        for (Policy policy : last.values()) {
            String namespace = place(policy);
            (namespace == null ? ofCluster : byNamespace.computeIfAbsent(namespace, name -> new ArrayList<>(2)))
                    .add(policy);
        }
        byNamespace.replaceAll((namespace, ofNamespace) -> ordered(ofNamespace));
        return new PolicySet(
                byNamespace, ordered(ofCluster), Encapsulation.NONE, Enforcement.ASSUMED, ClusterFacts.NONE);
    }

    /** Returns this set for traffic that a mesh sends in its own way. */
    public PolicySet sentBy(Encapsulation mesh) {
        return new PolicySet(byNamespace, ofCluster, mesh, enforcement, facts);
    }

    /** Returns this set in a cluster whose agents enforce some of the policies. */
    public PolicySet enforcedBy(Enforcement agents) {
        return new PolicySet(byNamespace, ofCluster, encapsulation, agents, facts);
    }

    /** Returns this set with the facts of the cluster that its policies were compiled with. */
    public PolicySet in(ClusterFacts cluster) {
        return new PolicySet(byNamespace, ofCluster, encapsulation, enforcement, cluster);
    }

    /** The facts of the cluster that the policies were compiled with; those of an empty cluster if none were given. */
    public ClusterFacts facts() {
        return facts;
    }

    /** The enforcement of the policies. */
    public Enforcement enforcement() {
        return enforcement;
    }

    /** Returns this set with a policy added, or replaced when one of its kind, namespace and name is in it. */
    public PolicySet with(Policy policy) {
        List<Policy> more = others(place(policy), policy.ref());
        more.add(policy);
        return replaced(place(policy), ordered(more));
    }

    /** The namespace whose pods alone a policy may be about; null for any. */
    private static @Nullable String place(Policy policy) {
        boolean isAnywhere = policy.tier().isOfMesh() && !policy.subject().isConfined();
        return isAnywhere ? null : policy.ref().namespace();
    }

    /** Returns this set without a policy. */
    public PolicySet without(PolicyRef ref) {
        boolean isOfMesh = ofCluster.stream().anyMatch(policy -> policy.ref().equals(ref));
        String namespace = isOfMesh ? null : ref.namespace();
        return replaced(namespace, List.copyOf(others(namespace, ref)));
    }

    public int size() {
        return size;
    }

    /**
     * Returns all policies. Those of one namespace, and those of the cluster, are in the order of evaluation; the
     * namespaces are in no particular order.
     */
    public List<Policy> policies() {
        List<Policy> policies = new ArrayList<>(ofCluster);
        byNamespace.values().forEach(policies::addAll);
        return policies;
    }

    /** Decides by the policies on the egress of the source and on the ingress of the destination. */
    public Decision decide(Traffic traffic) {
        if (traffic.toItself()) {
            return Decision.ITSELF;
        }
        return decide(
                selecting(traffic.source(), Direction.EGRESS),
                selecting(traffic.destination(), Direction.INGRESS),
                ofMesh(traffic.destination()),
                traffic);
    }

    Decision decide(Selected egress, Selected ingress, Selected mesh, Traffic traffic) {
        boolean own = traffic.withOwnHost();
        return new Decision(
                decide(own ? egress.about(traffic) : egress, traffic),
                decide(own ? ingress.about(traffic) : ingress, traffic),
                mesh.decide(traffic));
    }

    private SideDecision decide(Selected side, Traffic traffic) {
        if (side.isEmpty()) {
            return SideDecision.UNSELECTED;
        }
        SideDecision joint = null;
        for (Traffic sent : encapsulation.sent(traffic)) {
            SideDecision decision = side.decide(sent);
            joint = joint == null ? decision : joint.or(decision);
        }
        return Objects.requireNonNull(joint, "traffic is sent in some way");
    }

    /** The traffic as it is sent, or may be where that is not known. */
    public Traffic sent(Traffic traffic) {
        return encapsulation.sent(traffic).get(0);
    }

    /**
     * True if policies of the set's kinds may bind the traffic; those of Kubernetes bind none of a pod with its node.
     */
    public boolean mayBind(Traffic traffic) {
        return !traffic.withOwnNode()
                || policies().stream()
                        .filter(policy -> !policy.tier().isOfMesh())
                        .map(policy -> policy.tier().ownHost())
                        .distinct()
                        .anyMatch(each ->
                                each.binds(traffic, Direction.EGRESS) || each.binds(traffic, Direction.INGRESS));
    }

    /** The policies of a mesh that select what an end receives. */
    public Selected ofMesh(Peer end) {
        return selecting(end, Direction.INGRESS, true);
    }

    /** The policies that select an end in a direction; none when it is neither a pod that they can reach nor a node. */
    public Selected selecting(Peer end, Direction direction) {
        return selecting(end, direction, false);
    }

    private Selected selecting(Peer end, Direction direction, boolean isOfMesh) {
        Peer.Pod pod = end.selectable();
        if (pod == null && end.node() == null) {
            return new Selected(direction, List.of());
        }
        List<Policy> ofNamespace = pod == null ? List.of() : inNamespace(pod.namespace());
        Map<Tier, List<Policy>> tiers = new TreeMap<>();
        Set<PolicyRef> open = new HashSet<>();
        for (List<Policy> policies : List.of(ofNamespace, ofCluster)) {
            for (Policy policy : policies) {
                Holds selection = policy.tier().isOfMesh() == isOfMesh ? policy.selection(end, direction) : Holds.NO;
                if (selection == Holds.NO) {
                    continue;
                }
                tiers.computeIfAbsent(policy.tier(), tier -> new ArrayList<>(4)).add(policy);
                if (selection == Holds.UNKNOWN) {
                    open.add(policy.ref());
                }
            }
        }
        List<Selected.InTier> selected = new ArrayList<>(tiers.size());
        tiers.forEach((tier, policies) -> {
            if (tier.isOrdered()) {
                // A dialect may have ordered policies in namespaces and of the cluster, with priorities in common.
                policies.sort(IN_TIER);
            }
            selected.add(new Selected.InTier(tier, policies, Set.copyOf(open)));
        });
        return new Selected(direction, selected);
    }

    /** Returns an equal set that shares the other's lists where they hold the same policies. */
    PolicySet sharingWith(PolicySet other) {
        Map<String, List<Policy>> shared = new HashMap<>();
        byNamespace.forEach((namespace, policies) -> {
            List<Policy> its = other.inNamespace(namespace);
            shared.put(namespace, its.equals(policies) ? its : policies);
        });
        return new PolicySet(
                shared,
                ofCluster.equals(other.ofCluster) ? other.ofCluster : ofCluster,
                encapsulation,
                enforcement,
                facts);
    }

    /** True if a policy is of a mesh. */
    boolean hasMesh() {
        return hasMesh;
    }

    /** True if a rule has further conditions than ends and ports, such as one on requests. */
    public boolean hasConditions() {
        return hasConditions;
    }

    /** Returns all tests of addresses and names that the rules of the policies make. */
    Set<PeerClause.AddressTest> addressTests() {
        Set<PeerClause.AddressTest> tests = new LinkedHashSet<>();
        for (Policy policy : policies()) {
            for (List<Rule> rules : policy.rules().values()) {
                for (Rule rule : rules) {
                    rule.peers().forEach(peer -> tests.addAll(peer.addressTests()));
                    rule.conditions().forEach(condition -> tests.addAll(condition.addressTests()));
                }
            }
        }
        return tests;
    }

    List<Policy> ofCluster() {
        return ofCluster;
    }

    List<Policy> inNamespace(String namespace) {
        List<Policy> policies = byNamespace.get(namespace);
        return policies == null ? List.of() : policies;
    }

    private List<Policy> others(@Nullable String namespace, PolicyRef ref) {
        List<Policy> others = new ArrayList<>(namespace == null ? ofCluster : inNamespace(namespace));
        others.removeIf(policy -> policy.ref().equals(ref));
        return others;
    }

    private PolicySet replaced(@Nullable String namespace, List<Policy> policies) {
        if (namespace == null) {
            return new PolicySet(byNamespace, policies, encapsulation, enforcement, facts);
        }
        Map<String, List<Policy>> map = new HashMap<>(byNamespace);
        if (policies.isEmpty()) {
            map.remove(namespace);
        } else {
            map.put(namespace, policies);
        }
        return new PolicySet(map, ofCluster, encapsulation, enforcement, facts);
    }

    private static List<Policy> ordered(List<Policy> policies) {
        policies.sort(ORDER);
        return List.copyOf(policies);
    }
}
