package dev.weir.policy.dialect.calico;

import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Action;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Holds;
import dev.weir.policy.Identity;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.Traffic;
import dev.weir.policy.TrafficClause;
import dev.weir.policy.clause.AddressBlock;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.NeverKnown;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles the {@code spec} of a NetworkPolicy or GlobalNetworkPolicy of Calico. */
final class CalicoRules {
    private static final int MAX_ICMP = 254;
    private static final int MAX_CODE = 255;
    private static final Map<String, Action> ACTIONS =
            Map.of("Allow", Action.ALLOW, CalicoTiers.DENY, Action.DENY, CalicoTiers.PASS, Action.PASS);

    private final PolicyRef ref;
    private final @Nullable String namespace;
    private final CalicoFacts facts;
    private final CalicoEnds ends;
    private final CalicoPorts ports;

    /**
     * Creates a compiler.
     *
     * @param namespace null for a policy of the cluster
     */
    CalicoRules(PolicyRef ref, @Nullable String namespace, ClusterFacts facts) {
        this.ref = ref;
        this.namespace = namespace;
        this.facts = CalicoFacts.of(facts);
        this.ends = new CalicoEnds(this.facts, namespace);
        this.ports = new CalicoPorts(this.facts);
    }

    /**
     * The pods and host endpoints that a policy is about.
     *
     * @param isForPods false for a policy that only host endpoints apply
     */
    record Subject(Selection selected, boolean isForPods, CalicoFacts facts) implements Policy.Subject {
        @Override
        public boolean selects(Identity pod) {
            return isForPods && !pod.hostNetwork() && selected.pod(pod, facts) == Holds.YES;
        }

        @Override
        public Holds selection(Peer.Pod pod) {
            boolean isApplied = isForPods && !pod.identity().hostNetwork();
            return isApplied ? selected.pod(pod.identity(), facts) : Holds.NO;
        }

        @Override
        public boolean selectsNode(Peer.Node node) {
            return selected.subject(node, facts) == Holds.YES;
        }

        @Override
        public boolean isAbout(Traffic traffic) {
            return facts.mayPassHostEndpoint(traffic);
        }
    }

    Policy compile(Fields spec) {
        List<String> known = new ArrayList<>(List.of(
                "tier",
                "order",
                "selector",
                "serviceAccountSelector",
                "types",
                "ingress",
                "egress",
                "performanceHints"));
        if (namespace == null) {
            known.addAll(List.of("namespaceSelector", "doNotTrack", "preDNAT", "applyOnForward"));
        }
        spec.allowOnly(known.toArray(String[]::new));
        boolean isEarly = isEarly(spec);
        Map<Direction, List<Rule>> rules = new EnumMap<>(Direction.class);
        Set<Direction> directions = directions(spec);
        for (Direction direction : Direction.values()) {
            List<Rule> its = rules(spec.child(direction.id()), direction, null);
            if (directions.contains(direction)) {
                rules.put(direction, its);
            }
        }
        CalicoTiers.OfPolicies tier = CalicoTiers.of(spec.child("tier"), facts);
        Fields order = spec.child("order");
        if (!order.absent() && !order.node().isNumber()) {
            throw order.invalid("must be a number, not " + order.node());
        }
        return new Policy(
                ref,
                isEarly ? CalicoTiers.EARLY : tier.tier(),
                order.absent() ? Double.POSITIVE_INFINITY : order.node().doubleValue(),
                subject(spec, isEarly),
                directions,
                tier.isClosed() && !isEarly ? directions : Set.of(),
                Map.copyOf(rules));
    }

    private Subject subject(Fields spec, boolean isEarly) {
        CalicoSelector ofNamespaces = SelectorParser.parse(spec.child("namespaceSelector"));
        Selection.Namespaces namespaces = ofNamespaces != null
                ? new Selection.Namespaces(null, ofNamespaces)
                : namespace == null ? null : new Selection.Namespaces(namespace, null);
        Selection selected = new Selection(
                SelectorParser.parse(spec.child("selector")),
                null,
                namespaces,
                null,
                SelectorParser.parse(spec.child("serviceAccountSelector")));
        return new Subject(selected, !isEarly, facts);
    }

    /** True for a policy that host endpoints apply before connections are tracked or addresses translated. */
    private static boolean isEarly(Fields spec) {
        boolean isUntracked = isSet(spec.child("doNotTrack"));
        boolean isBeforeNat = isSet(spec.child("preDNAT"));
        if (isUntracked && isBeforeNat) {
            throw spec.child("preDNAT").invalid("cannot go with doNotTrack");
        }
        if ((isUntracked || isBeforeNat) && !isSet(spec.child("applyOnForward"))) {
            throw spec.child("applyOnForward").invalid("must be true with doNotTrack or preDNAT");
        }
        boolean hasEgress = !spec.child("egress").elements().isEmpty()
                || spec.child("types").elements().stream()
                        .anyMatch(type -> type.text().equals("Egress"));
        if (isBeforeNat && hasEgress) {
            throw spec.child("preDNAT").invalid("cannot go with egress");
        }
        return isUntracked || isBeforeNat;
    }

    private static boolean isSet(Fields field) {
        if (!field.absent() && !field.node().isBoolean()) {
            throw field.invalid("must be true or false, not " + field.node());
        }
        return field.node().asBoolean(false);
    }

    private static Set<Direction> directions(Fields spec) {
        Set<Direction> directions = EnumSet.noneOf(Direction.class);
        for (Fields type : spec.child("types").elements()) {
            boolean isNew =
                    switch (type.text()) {
                        case "Ingress" -> directions.add(Direction.INGRESS);
                        case "Egress" -> directions.add(Direction.EGRESS);
                        default -> throw type.invalid("'" + type.text() + "' is not Ingress or Egress");
                    };
            if (!isNew) {
                throw type.invalid("stands twice");
            }
        }
        if (directions.isEmpty()) {
            boolean hasEgress = !spec.child("egress").elements().isEmpty();
            boolean hasIngress = !spec.child("ingress").elements().isEmpty();
            if (hasEgress) {
                directions.add(Direction.EGRESS);
            }
            if (hasIngress || !hasEgress) {
                directions.add(Direction.INGRESS);
            }
        }
        return directions;
    }

    /**
     * Reads the rules of a list. A rule that logs decides nothing and is left out.
     *
     * @param name of the list for people, if it is one of several of the policy
     */
    List<Rule> rules(Fields list, Direction direction, @Nullable String name) {
        List<Rule> rules = new ArrayList<>();
        List<Fields> entries = list.elements();
        for (int i = 0; i < entries.size(); i++) {
            Fields entry = entries.get(i)
                    .allowOnly(
                            "action",
                            "ipVersion",
                            "protocol",
                            "icmp",
                            "notProtocol",
                            "notICMP",
                            "source",
                            "destination",
                            "http",
                            "metadata");
            Fields named = entry.required("action");
            Action action = ACTIONS.get(named.text());
            if (action == null && !named.text().equals("Log")) {
                throw named.invalid("'" + named.text() + "' is not Allow, Deny, Log or Pass");
            }
            Rule rule = rule(entry, direction, i, name, action == null ? Action.PASS : action);
            if (action != null) {
                rules.add(rule);
            }
        }
        return List.copyOf(rules);
    }

    private Rule rule(Fields entry, Direction direction, int index, @Nullable String name, Action action) {
        Fields source = entry.child("source");
        Fields destination = entry.child("destination");
        ends.check(source, true, direction);
        ends.check(destination, false, direction);
        String protocol = CalicoPorts.protocol(entry.child("protocol"));
        List<TrafficClause> conditions = new ArrayList<>();
        List<PortClause> clauses = new ArrayList<>(ports.clauses(destination.child("ports"), protocol));
        if (clauses.isEmpty() && protocol != null) {
            clauses.add(icmp(entry, protocol, conditions));
        } else if (protocol == null || !entry.child("icmp").absent()) {
            icmp(entry, protocol, conditions);
        }
        add(conditions, ports.source(source.child("ports"), protocol, false));
        add(conditions, ports.source(source.child("notPorts"), protocol, true));
        List<PortClause> notPorts = ports.clauses(destination.child("notPorts"), protocol);
        if (!notPorts.isEmpty()) {
            conditions.add(new CalicoConditions.NotPorts(notPorts));
        }
        String notProtocol = CalicoPorts.protocol(entry.child("notProtocol"));
        if (notProtocol != null) {
            conditions.add(new CalicoConditions.NotProtocol(notProtocol));
        }
        add(conditions, version(entry, source, destination));
        if (!destination.child("services").absent()) {
            conditions.add(ends.toService(destination.child("services")));
        }
        add(conditions, http(entry, direction, action, protocol));
        boolean isIngress = direction == Direction.INGRESS;
        EndClause own = ends.clause(isIngress ? destination : source);
        add(conditions, own == null ? null : new CalicoConditions.OwnEnd(!isIngress, own));
        EndClause other = ends.clause(isIngress ? source : destination);
        List<PeerClause> peers = other == null ? List.of() : List.of(other);
        return Rule.of(ref, direction, index, name, action, peers, List.copyOf(clauses))
                .where(conditions);
    }

    private static void add(List<TrafficClause> conditions, @Nullable TrafficClause condition) {
        if (condition != null) {
            conditions.add(condition);
        }
    }

    /** The clause for a protocol with the type that {@code icmp} names; conditions get what {@code notICMP} says. */
    private static PortClause icmp(Fields entry, @Nullable String protocol, List<TrafficClause> conditions) {
        Fields icmp = entry.child("icmp");
        Fields not = entry.child("notICMP");
        boolean isIcmp = protocol != null && protocol.startsWith("ICMP");
        for (Fields each : List.of(icmp, not)) {
            if (!each.absent() && !isIcmp) {
                throw each.invalid("needs the protocol ICMP or ICMPv6");
            }
            if (!each.absent()) {
                checkIcmp(each.allowOnly("type", "code"));
            }
        }
        if (!not.absent() && !not.child("type").absent()) {
            conditions.add(new NeverKnown("the record holds no ICMP type, which must not be " + not.node()));
        }
        if (icmp.absent() || icmp.child("type").absent()) {
            return PortClause.all(String.valueOf(protocol));
        }
        if (!icmp.child("code").absent()) {
            conditions.add(new NeverKnown("the record holds no ICMP code"));
        }
        return PortClause.icmp(
                String.valueOf(protocol), icmp.child("type").node().intValue());
    }

    private static void checkIcmp(Fields icmp) {
        Fields type = icmp.child("type");
        Fields code = icmp.child("code");
        if (!type.absent()) {
            type.number(0, MAX_ICMP);
        }
        if (!code.absent()) {
            code.number(0, MAX_CODE);
            if (type.absent()) {
                throw code.invalid("needs a type");
            }
        }
    }

    private static @Nullable TrafficClause version(Fields entry, Fields source, Fields destination) {
        Fields version = entry.child("ipVersion");
        Integer bytes = null;
        if (!version.absent()) {
            if (!version.node().isInt()
                    || version.node().intValue() != 4 && version.node().intValue() != 6) {
                throw version.invalid(version.node() + " is not 4 or 6");
            }
            bytes = version.node().intValue() == 4 ? 4 : 16;
        }
        Integer ofNets = bytes;
        for (Fields end : List.of(source, destination)) {
            for (String list : List.of("nets", "notNets")) {
                for (AddressBlock net : CalicoEnds.nets(end.child(list))) {
                    int its = net.toString().contains(":") ? 16 : 4;
                    if (ofNets != null && ofNets != its) {
                        throw end.child(list).invalid(net + " is of the other IP version");
                    }
                    ofNets = its;
                }
            }
        }
        return bytes == null ? null : new CalicoConditions.IpVersion(bytes);
    }

    private static CalicoConditions.@Nullable Http http(
            Fields entry, Direction direction, Action action, @Nullable String protocol) {
        Fields http = entry.child("http");
        if (http.absent()) {
            return null;
        }
        http.allowOnly("methods", "paths");
        if (direction == Direction.EGRESS) {
            throw http.invalid("stands in ingress only");
        }
        if (action == Action.DENY) {
            throw http.invalid("cannot stand in a rule that denies");
        }
        if (protocol != null && !protocol.equals("TCP")) {
            throw http.invalid("needs the protocol TCP or none");
        }
        Set<String> methods = Set.copyOf(
                http.child("methods").elements().stream().map(Fields::text).toList());
        List<String> exact = new ArrayList<>();
        List<String> prefixes = new ArrayList<>();
        for (Fields path : http.child("paths").elements()) {
            path.allowOnly("exact", "prefix");
            Fields whole = path.child("exact");
            Fields prefix = path.child("prefix");
            if (whole.absent() == prefix.absent()) {
                throw path.invalid("needs exact or prefix");
            }
            (prefix.absent() ? exact : prefixes).add((prefix.absent() ? whole : prefix).text());
        }
        return new CalicoConditions.Http(
                methods.contains("*") ? Set.of() : methods, List.copyOf(exact), List.copyOf(prefixes));
    }
}
