package dev.weir.policy.dialect.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Action;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.PeerClause;
import dev.weir.policy.Policy;
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.admission.Admission;
import dev.weir.policy.clause.AddressBlock;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.dialect.Dialect;
import dev.weir.policy.dialect.Enforcer;
import dev.weir.policy.dialect.Enforcers;
import dev.weir.policy.manifest.ChangeWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles NetworkPolicy, {@code networking.k8s.io/v1}. Refusals follow the API server's own validation of the kind.
 */
public final class KubernetesDialect implements Dialect {
    public static final String NETWORK_POLICY = "NetworkPolicy";

    private static final String VERSION = "networking.k8s.io/v1";

    @Override
    public String group() {
        return "networking.k8s.io";
    }

    @Override
    public Set<String> kinds() {
        return Set.of(NETWORK_POLICY);
    }

    @Override
    public Set<String> clusterKinds() {
        return Set.of();
    }

    /** Returns the writer for the plugin that enforces the policies. */
    @Override
    public ChangeWriter changes(ClusterFacts facts) {
        return Enforcers.of(facts).changes();
    }

    @Override
    public List<Policy> compile(String kind, JsonNode given, ClusterFacts facts) {
        JsonNode object = Admission.taken(NETWORK_POLICY, given);
        String namespace = object.path("metadata").path("namespace").asText("default");
        Fields root = Fields.of(NETWORK_POLICY, namespace, object)
                .allowOnly("apiVersion", "kind", "metadata", "spec", "status");
        Fields version = root.child("apiVersion");
        if (!version.absent() && !version.text().equals(VERSION)) {
            throw version.invalid("'" + version.text() + "' is not " + VERSION);
        }
        Fields spec = root.required("spec").allowOnly("podSelector", "policyTypes", "ingress", "egress");
        PolicyRef ref = new PolicyRef(
                NETWORK_POLICY, namespace, root.child("metadata").child("name").text(), null);
        Map<Direction, List<Rule>> rules = new EnumMap<>(Direction.class);
        Enforcer enforcer = Enforcers.of(facts);
        for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
            rules.put(direction, rules(ref, namespace, spec, direction, enforcer));
        }
        Fields selector = spec.child("podSelector");
        Set<Direction> directions = directions(
                spec, !rules.getOrDefault(Direction.EGRESS, List.of()).isEmpty());
        return List.of(new Policy(
                ref,
                enforcer.tier(),
                enforcer.priority(),
                new PodClause(namespace, null, selector.absent() ? LabelSelector.ALL : LabelSelector.parse(selector)),
                directions,
                directions,
                rules));
    }

    private static Set<Direction> directions(Fields spec, boolean hasEgress) {
        List<Direction> types = spec.child("policyTypes").elements(2).stream()
                .map(KubernetesDialect::type)
                .toList();
        if (types.isEmpty()) {
            return hasEgress ? Set.of(Direction.INGRESS, Direction.EGRESS) : Set.of(Direction.INGRESS);
        }
        return Set.copyOf(types);
    }

    private static Direction type(Fields type) {
        return switch (type.text()) {
            case "Ingress" -> Direction.INGRESS;
            case "Egress" -> Direction.EGRESS;
            default -> throw type.invalid("'" + type.text() + "' is not Ingress or Egress");
        };
    }

    private static List<Rule> rules(
            PolicyRef ref, String namespace, Fields spec, Direction direction, Enforcer enforcer) {
        String name = direction.id();
        String peersField = direction == Direction.INGRESS ? "from" : "to";
        List<Rule> rules = new ArrayList<>();
        for (Fields rule : spec.child(name).elements()) {
            rule.allowOnly(peersField, "ports");
            List<PeerClause> peers = new ArrayList<>();
            for (Fields entry : rule.child(peersField).elements()) {
                peers.add(peer(namespace, entry, enforcer));
            }
            if (peers.isEmpty()) {
                peers.addAll(enforcer.anyPeer());
            }
            List<PortClause> ports = rule.child("ports").elements().stream()
                    .map(port -> port(port, direction, enforcer))
                    .toList();
            rules.add(Rule.of(ref, direction, rules.size(), null, Action.ALLOW, peers, ports));
        }
        return List.copyOf(rules);
    }

    private static PeerClause peer(String namespace, Fields entry, Enforcer enforcer) {
        entry.allowOnly("podSelector", "namespaceSelector", "ipBlock");
        Fields pods = entry.child("podSelector");
        Fields namespaces = entry.child("namespaceSelector");
        Fields block = entry.child("ipBlock");
        if (pods.absent() && namespaces.absent() && block.absent()) {
            throw entry.invalid("needs a podSelector, a namespaceSelector or an ipBlock");
        }
        if (!block.absent() && !(pods.absent() && namespaces.absent())) {
            throw block.invalid("cannot go with a selector in the same entry");
        }
        if (!block.absent()) {
            return enforcer.peersIn(block(block));
        }
        return new PodClause(
                namespaces.absent() ? namespace : null,
                namespaces.absent() ? null : LabelSelector.parse(namespaces),
                pods.absent() ? null : LabelSelector.parse(pods));
    }

    private static BlockClause block(Fields block) {
        block.allowOnly("cidr", "except");
        AddressBlock cidr = block.child("cidr").block();
        List<AddressBlock> except = new ArrayList<>();
        for (Fields field : block.child("except").elements()) {
            AddressBlock out = field.block();
            if (!cidr.contains(out) || cidr.prefix() == out.prefix()) {
                throw field.invalid(out + " is not a part of " + cidr);
            }
            except.add(out);
        }
        return new BlockClause(cidr, List.copyOf(except));
    }

    private static PortClause port(Fields entry, Direction direction, Enforcer enforcer) {
        entry.allowOnly("protocol", "port", "endPort");
        String protocol = entry.child("protocol").protocol();
        Fields port = entry.child("port");
        Fields endPort = entry.child("endPort");
        if (port.absent()) {
            if (!endPort.absent()) {
                throw endPort.invalid("needs a port");
            }
            return PortClause.all(protocol);
        }
        if (port.node().isTextual()) {
            if (!endPort.absent()) {
                throw endPort.invalid("cannot go with the named port '" + port.text() + "'");
            }
            return enforcer.named(direction, protocol, port.portName());
        }
        int first = port.portNumber();
        int last = endPort.absent() ? first : endPort.portNumber();
        if (last < first) {
            throw endPort.invalid(last + " is below port " + first);
        }
        return PortClause.range(protocol, first, last);
    }
}
