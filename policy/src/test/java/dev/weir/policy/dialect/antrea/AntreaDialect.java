package dev.weir.policy.dialect.antrea;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Action;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.Tier;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.dialect.Undecided;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a subset of Antrea's NetworkPolicy, {@code crd.antrea.io/v1beta1}: Antrea's own tiers, one selector of pods,
 * and rules by pods, namespaces, blocks and ports. Policies and rules beyond the subset have an unknown effect, and so
 * have ClusterNetworkPolicies.
 */
public final class AntreaDialect implements Dialect {
    private static final String GROUP = "crd.antrea.io";
    private static final String CLUSTER = "ClusterNetworkPolicy";

    /** The tiers that precede the policies of Kubernetes, in the order of evaluation. */
    private static final List<String> TIERS =
            List.of("emergency", "securityops", "networkops", "platform", "application");

    private static final String BASELINE = "baseline";
    private static final int LOWEST_PRIORITY = 10_000;

    /** Antrea's tiers precede the policies of network-policy-api, whose priorities begin at 0. */
    private static final int FIRST = -TIERS.size() * LOWEST_PRIORITY - 1;

    private static final Map<String, Action> ACTIONS =
            Map.of("Allow", Action.ALLOW, "Drop", Action.DENY, "Reject", Action.DENY, "Pass", Action.PASS);
    private static final Set<String> RULE =
            Set.of("action", "from", "to", "ports", "name", "enableLogging", "logLabel");
    private static final Set<String> PORT = Set.of("protocol", "port", "endPort");
    private static final Set<String> PODS = Set.of("podSelector", "namespaceSelector");

    @Override
    public String group() {
        return GROUP;
    }

    @Override
    public Set<String> kinds() {
        return Set.of("NetworkPolicy", CLUSTER);
    }

    @Override
    public Set<String> clusterKinds() {
        return Set.of(CLUSTER);
    }

    @Override
    public String shownKind(String kind) {
        return kind + "." + GROUP;
    }

    @Override
    public List<Policy> compile(String kind, JsonNode object, ClusterFacts facts) {
        return List.of(compile(kind, object));
    }

    private Policy compile(String kind, JsonNode object) {
        if (kind.equals(CLUSTER)) {
            return Undecided.compile(this, kind, object);
        }
        String namespace = object.path("metadata").path("namespace").asText("default");
        Fields root = Fields.of(shownKind(kind), namespace, object)
                .allowOnly("apiVersion", "kind", "metadata", "spec", "status");
        Fields spec = root.required("spec").allowOnly("tier", "priority", "appliedTo", "ingress", "egress");
        String tier =
                spec.child("tier").absent() ? "application" : spec.child("tier").text();
        boolean isBaseline = tier.equals(BASELINE);
        if (!isBaseline && !TIERS.contains(tier)) {
            return Undecided.compile(this, kind, object, "the order of the tier '" + tier + "' is not known");
        }
        if (spec.child("priority").node().isDouble()) {
            return Undecided.compile(this, kind, object, "priorities with fractions are not evaluated");
        }
        List<Fields> appliedTo = spec.child("appliedTo").elements();
        if (appliedTo.size() != 1 || !appliedTo.get(0).present().equals(List.of("podSelector"))) {
            return Undecided.compile(this, kind, object, "an appliedTo other than one podSelector is not evaluated");
        }
        PolicyRef ref = new PolicyRef(
                shownKind(kind), namespace, root.child("metadata").child("name").text(), null);
        Map<Direction, List<Rule>> rules = new EnumMap<>(Direction.class);
        for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
            List<Fields> entries = spec.child(direction.id()).elements();
            if (!entries.isEmpty()) {
                rules.put(direction, rules(ref, namespace, direction, entries));
            }
        }
        return new Policy(
                ref,
                isBaseline ? Tier.BASELINE : Tier.ADMIN,
                FIRST
                        + Math.max(0, TIERS.indexOf(tier)) * LOWEST_PRIORITY
                        + spec.child("priority").number(1, LOWEST_PRIORITY),
                pods(namespace, appliedTo.get(0)),
                Set.copyOf(rules.keySet()),
                Set.of(),
                rules);
    }

    private static List<Rule> rules(PolicyRef ref, String namespace, Direction direction, List<Fields> entries) {
        List<Rule> rules = new ArrayList<>();
        for (Fields entry : entries) {
            Fields name = entry.child("name");
            String beyond = beyondSubset(entry);
            rules.add(Rule.of(
                    ref,
                    direction,
                    rules.size(),
                    name.absent() ? null : name.text(),
                    action(entry.child("action")),
                    beyond == null
                            ? peers(namespace, entry.child(direction == Direction.INGRESS ? "from" : "to"))
                            : List.of(new Unevaluated(beyond)),
                    beyond == null ? ports(entry.child("ports")) : List.of()));
        }
        return List.copyOf(rules);
    }

    /** Returns a field of the rule, or of its ports, that is not evaluated; null if there is none. */
    private static @Nullable String beyondSubset(Fields rule) {
        List<String> fields = new ArrayList<>(rule.present());
        fields.removeAll(RULE);
        for (Fields port : rule.child("ports").elements()) {
            port.present().stream().filter(field -> !PORT.contains(field)).forEach(fields::add);
        }
        return fields.isEmpty() ? null : fields.get(0);
    }

    private static Action action(Fields field) {
        Action action = ACTIONS.get(field.text());
        if (action == null) {
            throw field.invalid("'" + field.text() + "' is not Allow, Drop, Reject or Pass");
        }
        return action;
    }

    private static List<PeerClause> peers(String namespace, Fields list) {
        List<PeerClause> peers = new ArrayList<>();
        for (Fields entry : list.elements()) {
            List<String> present = entry.present();
            Fields block = entry.child("ipBlock");
            if (present.equals(List.of("ipBlock")) && block.present().equals(List.of("cidr"))) {
                peers.add(new BlockClause(block.child("cidr").block(), List.of()));
            } else if (!present.isEmpty() && PODS.containsAll(present)) {
                peers.add(pods(namespace, entry));
            } else {
                peers.add(new Unevaluated(String.join(", ", present)));
            }
        }
        return peers;
    }

    private static PodClause pods(String namespace, Fields entry) {
        Fields pods = entry.child("podSelector");
        Fields namespaces = entry.child("namespaceSelector");
        return new PodClause(
                namespaces.absent() ? namespace : null,
                namespaces.absent() ? null : LabelSelector.parse(namespaces),
                pods.absent() ? null : LabelSelector.parse(pods));
    }

    private static List<PortClause> ports(Fields list) {
        List<PortClause> ports = new ArrayList<>();
        for (Fields entry : list.elements()) {
            String protocol = entry.child("protocol").protocol();
            Fields port = entry.child("port");
            Fields end = entry.child("endPort");
            if (port.absent()) {
                ports.add(PortClause.all(protocol));
            } else if (port.node().isTextual()) {
                ports.add(PortClause.named(protocol, port.portName()));
            } else {
                int first = port.portNumber();
                ports.add(PortClause.range(protocol, first, end.absent() ? first : end.portNumber()));
            }
        }
        return ports;
    }

    /** A condition beyond the subset, which may or may not hold for any peer. */
    private record Unevaluated(String field) implements PeerClause {
        @Override
        public Holds holds(Peer peer) {
            return Holds.UNKNOWN;
        }

        @Override
        public List<String> reasons(Peer peer) {
            return List.of("the field " + field + " is not evaluated");
        }
    }
}
