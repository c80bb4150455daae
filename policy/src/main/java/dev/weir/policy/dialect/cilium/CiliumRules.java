package dev.weir.policy.dialect.cilium;

import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Action;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PortClause;
import dev.weir.policy.RequestClause;
import dev.weir.policy.Rule;
import dev.weir.policy.Tier;
import dev.weir.policy.Traffic;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.LabelSelector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compiles one rule object, the {@code spec} of a policy or one of its {@code specs}. */
final class CiliumRules {
    static final String DENY = "Deny";

    private final PolicyRef ref;
    private final @Nullable String namespace;
    private final ClusterFacts cluster;
    private final CiliumFacts facts;
    private final Fields spec;
    private final Map<Direction, List<Rule>> rules = new EnumMap<>(Direction.class);
    private final Set<Direction> directions = EnumSet.noneOf(Direction.class);
    private final List<Policy.Requirement> requirements = new ArrayList<>();

    CiliumRules(PolicyRef ref, @Nullable String namespace, ClusterFacts cluster, Fields spec) {
        this.ref = ref;
        this.namespace = namespace;
        this.cluster = cluster;
        this.facts = CiliumFacts.of(cluster);
        this.spec = spec.allowOnly(
                "endpointSelector",
                "nodeSelector",
                "ingress",
                "ingressDeny",
                "egress",
                "egressDeny",
                "enableDefaultDeny",
                "labels",
                "description",
                "log");
    }

    /** Selects nodes, whose traffic with others Cilium decides about with its host firewall. */
    private record Nodes(LabelSelector selector, boolean hasFirewall) implements Policy.Subject {
        @Override
        public boolean selects(Identity pod) {
            return false;
        }

        @Override
        public boolean selectsNode(Peer.Node node) {
            return hasFirewall && selector.matches(node.labels());
        }

        @Override
        public boolean isAbout(Traffic traffic) {
            return !traffic.withinHost();
        }
    }

    Policy compile() {
        boolean hasEntries = false;
        for (Direction direction : Direction.values()) {
            for (Action action : List.of(Action.ALLOW, Action.DENY)) {
                Fields entries = spec.child(direction.id() + (action == Action.DENY ? DENY : ""));
                hasEntries |= !entries.absent();
                read(direction, action, entries.elements());
            }
        }
        if (!hasEntries) {
            throw spec.invalid("has none of ingress, ingressDeny, egress and egressDeny");
        }
        Policy.Subject subject = subject();
        rules.replaceAll((direction, each) -> List.copyOf(each));
        return new Policy(
                ref,
                Tier.CILIUM,
                0,
                subject,
                Set.copyOf(directions),
                isolated(),
                Map.copyOf(rules),
                List.copyOf(requirements));
    }

    private Policy.Subject subject() {
        Fields endpoints = spec.child("endpointSelector");
        Fields nodes = spec.child("nodeSelector");
        if (endpoints.absent() == nodes.absent()) {
            throw spec.invalid("needs one of endpointSelector and nodeSelector");
        }
        if (!nodes.absent() && namespace != null) {
            throw nodes.invalid("stands in a CiliumClusterwideNetworkPolicy only");
        }
        return nodes.absent()
                ? new CiliumPeers(facts, namespace, Direction.INGRESS).subject(endpoints)
                : new Nodes(LabelSelector.parse(nodes), facts.settings().hasHostFirewall());
    }

    private Set<Direction> isolated() {
        Fields given = spec.child("enableDefaultDeny").absent()
                ? spec.child("enableDefaultDeny")
                : spec.child("enableDefaultDeny").allowOnly("ingress", "egress");
        Set<Direction> isolated = EnumSet.noneOf(Direction.class);
        for (Direction direction : directions) {
            Fields its = given.child(direction.id());
            if (its.absent() || its.node().asBoolean(true)) {
                isolated.add(direction);
            }
        }
        return isolated;
    }

    private void read(Direction direction, Action action, List<Fields> entries) {
        CiliumPeers reader = new CiliumPeers(facts, namespace, direction);
        List<String> known = Stream.concat(
                        reader.fields().stream(),
                        Stream.of(reader.requirements(), "toPorts", "icmps", "authentication"))
                .filter(field -> action == Action.ALLOW || !field.equals("toFQDNs") && !field.equals("authentication"))
                .toList();
        for (int i = 0; i < entries.size(); i++) {
            Fields entry = entries.get(i).allowOnly(known.toArray(String[]::new));
            directions.add(direction);
            for (Fields requirement : entry.child(reader.requirements()).elements()) {
                requirements.add(new Policy.Requirement(direction, action, reader.required(requirement)));
            }
            read(direction, action, i, entry, reader.peers(entry));
        }
    }

    private void read(Direction direction, Action action, int index, Fields entry, @Nullable List<PeerClause> peers) {
        List<Fields> ports = entry.child("toPorts").elements();
        List<Fields> icmps = entry.child("icmps").elements();
        if (!icmps.isEmpty() && !ports.isEmpty()) {
            throw entry.child("icmps").invalid("cannot go with toPorts in the same entry");
        }
        if (peers == null && ports.isEmpty() && icmps.isEmpty()) {
            // An entry without a condition matches nothing.
            return;
        }
        List<PeerClause> any = peers == null ? List.of() : peers;
        if (peers != null && peers.isEmpty()) {
            return;
        }
        if (ports.isEmpty() && icmps.isEmpty()) {
            add(direction, action, index, any, List.of(), null);
        }
        CiliumPorts reader = new CiliumPorts(cluster, direction);
        for (Fields each : ports) {
            each.allowOnly("ports", "rules", "serverNames", "listener", "terminatingTLS", "originatingTLS");
            List<PortClause> clauses = reader.ports(each);
            RequestClause request = CiliumRequests.parse(each);
            refuse(direction, action, each);
            add(direction, action, index, any, clauses, request);
        }
        for (Fields each : icmps) {
            add(direction, action, index, any, CiliumPorts.types(each), null);
        }
    }

    /** Refuses conditions on requests where the API server takes none. */
    private void refuse(Direction direction, Action action, Fields toPorts) {
        Fields conditions = toPorts.child("rules");
        if (conditions.absent()) {
            return;
        }
        if (action == Action.DENY) {
            throw conditions.invalid("cannot stand in an entry that denies");
        }
        boolean isDns = !conditions.child("dns").absent();
        if (isDns && direction == Direction.INGRESS) {
            throw conditions.child("dns").invalid("stands in egress only");
        }
        if (!spec.child("nodeSelector").absent() && direction == Direction.INGRESS) {
            throw conditions.invalid("cannot stand in the ingress of a node");
        }
        for (Fields port : toPorts.child("ports").elements()) {
            if (isDns && !port.child("endPort").absent()) {
                throw conditions.child("dns").invalid("cannot go with a range of ports");
            }
            if (!isDns && !CiliumPorts.protocols(port.child("protocol")).equals(List.of("TCP"))) {
                throw conditions.invalid("about requests needs ports of TCP");
            }
        }
    }

    private void add(
            Direction direction,
            Action action,
            int index,
            List<PeerClause> peers,
            List<PortClause> ports,
            @Nullable RequestClause request) {
        String id = direction.id() + (action == Action.DENY ? DENY : "") + "[" + index + "]";
        PolicyRef itself = new PolicyRef(ref.kind(), ref.namespace(), ref.name(), id);
        Rule rule = new Rule(itself, id, action, List.copyOf(peers), List.copyOf(ports), List.of());
        rules.computeIfAbsent(direction, each -> new ArrayList<>())
                .add(request == null ? rule : rule.where(List.of(request)));
    }
}
