package dev.weir.policy.dialect.cilium;

import dev.weir.model.Direction;
import dev.weir.policy.PeerClause;
import dev.weir.policy.clause.AddressBlock;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.clause.DomainClause;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.KubernetesNames;
import dev.weir.policy.clause.LabelOperator;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.dialect.cilium.EndpointLabels.Key;
import dev.weir.policy.dialect.cilium.EndpointLabels.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The peers that entries of a rule name. */
final class CiliumPeers {
    private final CiliumFacts facts;
    private final @Nullable String namespace;
    private final String prefix;

    /**
     * Creates a reader.
     *
     * @param namespace of the policy; null for one of the cluster
     */
    CiliumPeers(CiliumFacts facts, @Nullable String namespace, Direction direction) {
        this.facts = facts;
        this.namespace = namespace;
        this.prefix = direction == Direction.INGRESS ? "from" : "to";
    }

    /** The fields that name peers, in the direction of the reader. */
    List<String> fields() {
        return Stream.of("Endpoints", "Entities", "CIDR", "CIDRSet", "Groups", "Nodes", "Services", "FQDNs")
                .map(field -> prefix + field)
                .filter(field -> !field.equals("fromServices") && !field.equals("fromFQDNs"))
                .toList();
    }

    /** The field that names the requirements on peers. */
    String requirements() {
        return prefix + "Requires";
    }

    /**
     * The peers of an entry.
     *
     * @return null if it names none, so that it is about any; empty if what it names matches nothing
     */
    @Nullable List<PeerClause> peers(Fields entry) {
        List<String> present =
                entry.present().stream().filter(fields()::contains).toList();
        List<String> filled = present.stream()
                .filter(field -> !entry.child(field).elements().isEmpty())
                .toList();
        if (filled.size() > 1) {
            throw entry.child(filled.get(1)).invalid("cannot go with " + filled.get(0) + " in the same entry");
        }
        if (present.isEmpty()) {
            return null;
        }
        List<PeerClause> clauses = new ArrayList<>();
        for (String field : filled) {
            for (Fields each : entry.child(field).elements()) {
                add(field.substring(prefix.length()), each, clauses);
            }
        }
        EntityClause nodes = EntityClause.ofAnyNode(clauses, facts);
        if (nodes != null) {
            clauses.add(nodes);
        }
        return clauses;
    }

    private void add(String sort, Fields each, List<PeerClause> clauses) {
        switch (sort) {
            case "Endpoints" -> clauses.add(endpoints(each));
            case "Entities" -> clauses.add(entity(each));
            case "CIDR" -> clauses.add(facts.peersIn(new BlockClause(block(each), List.of())));
            case "CIDRSet" -> blocks(each, clauses);
            case "Services" -> services(each, clauses);
            case "FQDNs" -> clauses.add(name(each));
            default -> clauses.add(new UnreadPeers(sort));
        }
    }

    private PeerClause entity(Fields field) {
        if (!EntityClause.NAMES.contains(field.text())) {
            throw field.invalid("'" + field.text() + "' is not an entity");
        }
        return new EntityClause(field.text(), facts);
    }

    /**
     * The endpoints of a peer's selector. It is confined to the policy's namespace, or to pods in a policy of the
     * cluster, unless it says a namespace or a reserved label; in a policy of a namespace a label of one suffices.
     */
    EndpointsClause endpoints(Fields selector) {
        List<Requirement> requirements = selector(selector);
        boolean isReserved = requirements.stream().anyMatch(each -> each.key().isReserved());
        return new EndpointsClause(
                ofOwnCluster(isReserved ? List.copyOf(requirements) : confined(requirements)), facts);
    }

    /** The endpoints that a requirement demands, for which reserved labels are no exception. */
    EndpointsClause required(Fields selector) {
        return new EndpointsClause(ofOwnCluster(confined(selector(selector))), facts);
    }

    private List<Requirement> confined(List<Requirement> requirements) {
        Key key = new Key(null, EndpointLabels.NAMESPACE);
        List<Requirement> confined = new ArrayList<>(requirements);
        if (requirements.stream().anyMatch(each -> each.key().isNamespace())) {
            return List.copyOf(confined);
        }
        if (namespace == null) {
            confined.add(new Requirement(key, LabelOperator.EXISTS, List.of()));
        } else if (requirements.stream().noneMatch(each -> each.key().isLabelOfNamespace())) {
            confined.add(new Requirement(key, LabelOperator.IN, List.of(namespace)));
        }
        return List.copyOf(confined);
    }

    private List<Requirement> ofOwnCluster(List<Requirement> requirements) {
        boolean isFree = requirements.stream()
                .anyMatch(each -> each.key().isReserved() || each.key().isCluster());
        if (isFree || !facts.settings().selectsOwnCluster()) {
            return requirements;
        }
        List<Requirement> own = new ArrayList<>(requirements);
        own.add(new Requirement(
                new Key(null, EndpointLabels.CLUSTER),
                LabelOperator.IN,
                List.of(facts.settings().cluster())));
        return List.copyOf(own);
    }

    /** The pods that a policy is about; in a policy of a namespace those of that namespace alone. */
    EndpointsClause subject(Fields selector) {
        List<Requirement> requirements = new ArrayList<>(selector(selector));
        if (namespace != null) {
            requirements.removeIf(each -> each.key().name().equals(EndpointLabels.NAMESPACE));
            requirements.add(
                    new Requirement(new Key(null, EndpointLabels.NAMESPACE), LabelOperator.IN, List.of(namespace)));
        }
        return new EndpointsClause(List.copyOf(requirements), facts);
    }

    static List<Requirement> selector(Fields selector) {
        selector.allowOnly("matchLabels", "matchExpressions");
        List<Requirement> requirements = new ArrayList<>();
        Fields labels = selector.child("matchLabels");
        labels.textMap()
                .forEach((key, value) -> requirements.add(new Requirement(
                        key(labels.child(key), key),
                        LabelOperator.IN,
                        List.of(LabelOperator.requireValue(labels.child(key), value)))));
        for (Fields expression : selector.child("matchExpressions").elements()) {
            requirements.add(requirement(expression.allowOnly("key", "operator", "values")));
        }
        return requirements;
    }

    private static Requirement requirement(Fields expression) {
        LabelOperator operator = LabelOperator.parse(expression);
        List<String> values = operator.values(expression);
        Fields key = expression.child("key");
        return new Requirement(key(key, key.text()), operator, values);
    }

    private static Key key(Fields field, String text) {
        Key key = Key.parse(text);
        if (!KubernetesNames.isLabelKey(key.name())) {
            throw field.invalid("'" + text + "' is not a label key: " + KubernetesNames.labelKeyRule());
        }
        return key;
    }

    /** A block with the length of its prefix, without which the API server takes none. */
    private static AddressBlock block(Fields field) {
        if (field.text().indexOf('/') < 0) {
            throw field.invalid("'" + field.text() + "' has no length of a prefix, such as /32");
        }
        return field.block();
    }

    private void blocks(Fields set, List<PeerClause> clauses) {
        set.allowOnly("cidr", "cidrGroupRef", "cidrGroupSelector", "except");
        List<String> sorts =
                set.present().stream().filter(field -> !field.equals("except")).toList();
        if (sorts.size() != 1) {
            throw set.invalid("needs one of cidr, cidrGroupRef and cidrGroupSelector");
        }
        Fields cidr = set.child("cidr");
        List<AddressBlock> blocks = cidr.absent() ? ofGroups(set) : List.of(block(cidr));
        List<AddressBlock> except = new ArrayList<>();
        for (Fields field : set.child("except").elements()) {
            AddressBlock out = block(field);
            if (!cidr.absent() && !blocks.get(0).contains(out)) {
                throw field.invalid(out + " is not a part of " + blocks.get(0));
            }
            except.add(out);
        }
        blocks.forEach(block -> clauses.add(facts.peersIn(new BlockClause(block, List.copyOf(except)))));
    }

    private List<AddressBlock> ofGroups(Fields set) {
        Fields reference = set.child("cidrGroupRef");
        if (!reference.absent()) {
            String name = reference.text();
            return blocks(facts.groups(group -> group.name().equals(name)));
        }
        LabelSelector selector = LabelSelector.parse(set.child("cidrGroupSelector"));
        return blocks(facts.groups(group -> selector.matches(group.labels())));
    }

    private static List<AddressBlock> blocks(List<CiliumFacts.Group> groups) {
        return groups.stream().flatMap(group -> group.blocks().stream()).toList();
    }

    /** A Service stands for the pods that it selects, or for the addresses of its endpoints if it selects none. */
    private void services(Fields entry, List<PeerClause> clauses) {
        entry.allowOnly("k8sService", "k8sServiceSelector");
        Fields one = entry.child("k8sService");
        Fields selected = entry.child("k8sServiceSelector");
        List<CiliumFacts.Service> services = new ArrayList<>();
        if (!one.absent()) {
            one.allowOnly("serviceName", "namespace");
            String name = one.child("serviceName").text();
            String in = namespaceOf(one);
            services.addAll(facts.services(service -> service.name().equals(name)
                    && (in == null || service.namespace().equals(in))));
        }
        if (!selected.absent()) {
            selected.allowOnly("selector", "namespace");
            List<Requirement> requirements = selector(selected.child("selector"));
            String in = namespaceOf(selected);
            services.addAll(
                    facts.services(service -> (in == null || service.namespace().equals(in))
                            && requirements.stream().allMatch(each -> each.holdsFor(service.labels()))));
        }
        for (CiliumFacts.Service service : services) {
            if (service.selector().isEmpty()) {
                facts.endpoints(service).stream()
                        .sorted()
                        .map(ip -> AddressBlock.parse(ip + (ip.indexOf(':') < 0 ? "/32" : "/128")))
                        .filter(block -> block != null)
                        .forEach(block -> clauses.add(facts.peersIn(new BlockClause(block, List.of()))));
            } else {
                List<Requirement> pods = new ArrayList<>();
                service.selector()
                        .forEach((key, value) ->
                                pods.add(new Requirement(new Key(null, key), LabelOperator.IN, List.of(value))));
                pods.add(new Requirement(
                        new Key(null, EndpointLabels.NAMESPACE), LabelOperator.IN, List.of(service.namespace())));
                clauses.add(new EndpointsClause(List.copyOf(pods), facts));
            }
        }
    }

    private static @Nullable String namespaceOf(Fields entry) {
        Fields namespace = entry.child("namespace");
        return namespace.absent() || namespace.text().isEmpty() ? null : namespace.text();
    }

    private static PeerClause name(Fields entry) {
        entry.allowOnly("matchName", "matchPattern");
        Fields name = entry.child("matchName");
        Fields pattern = entry.child("matchPattern");
        if (name.absent() == pattern.absent()) {
            throw entry.invalid("needs matchName or matchPattern");
        }
        return name.absent() ? CiliumNames.clause(pattern.text()) : DomainClause.ofName(name.text());
    }
}
