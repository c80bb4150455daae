package dev.weir.policy.dialect.calico;

import dev.weir.model.Direction;
import dev.weir.policy.clause.AddressBlock;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.dialect.calico.CalicoConditions.ToService;
import dev.weir.policy.dialect.calico.CalicoFacts.ServiceEndpoint;
import dev.weir.policy.dialect.calico.Selection.Namespaces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what rules say of an end, {@code source} or {@code destination}. */
final class CalicoEnds {
    private static final List<String> SELECTORS =
            List.of("selector", "notSelector", "namespaceSelector", "serviceAccounts");

    private final CalicoFacts facts;
    private final @Nullable String namespace;

    /**
     * Creates a reader.
     *
     * @param namespace of the policy; null for one of the cluster
     */
    CalicoEnds(CalicoFacts facts, @Nullable String namespace) {
        this.facts = facts;
        this.namespace = namespace;
    }

    /** Refuses fields that are not known, and contradictions between fields of one end. */
    void check(Fields end, boolean isSource, Direction direction) {
        if (end.absent()) {
            return;
        }
        end.allowOnly(
                "nets",
                "notNets",
                "selector",
                "notSelector",
                "namespaceSelector",
                "services",
                "ports",
                "notPorts",
                "serviceAccounts");
        Fields services = end.child("services");
        if (services.absent()) {
            return;
        }
        services.allowOnly("name", "namespace").required("name");
        if (isSource != (direction == Direction.INGRESS)) {
            throw services.invalid("can stand in the destination of egress and the source of ingress only");
        }
        for (String other : end.present()) {
            boolean isPort = other.equals("ports") || other.equals("notPorts");
            if (SELECTORS.contains(other) || other.equals("nets") || other.equals("notNets") || isPort) {
                throw end.child(other).invalid("cannot go with services");
            }
        }
        if (namespace == null && services.child("namespace").absent()) {
            throw services.child("namespace").invalid("is missing in a policy of the cluster");
        }
    }

    /** The clause for an end; null if it says nothing of the end but ports. */
    @Nullable EndClause clause(Fields end) {
        if (end.absent()) {
            return null;
        }
        List<AddressBlock> nets = nets(end.child("nets"));
        List<AddressBlock> notNets = nets(end.child("notNets"));
        for (int i = 0; i < notNets.size(); i++) {
            if (notNets.get(i).prefix() == 0) {
                throw end.child("notNets").invalid(notNets.get(i) + " leaves no address");
            }
        }
        CalicoSelector not = SelectorParser.parse(end.child("notSelector"));
        Selection positive = positive(end, not);
        List<String> shown = SELECTORS.stream()
                .filter(field -> !end.child(field).absent())
                .map(field -> field + " " + text(end.child(field)))
                .toList();
        if (positive == null && not != null) {
            Selection negative = new Selection(not, null, null, null, null);
            return new EndClause(negative, true, facts, String.join(", ", shown), nets, notNets, null);
        }
        InService service = end.child("services").absent() ? null : service(end.child("services"));
        return positive == null && nets.isEmpty() && notNets.isEmpty() && service == null
                ? null
                : new EndClause(positive, false, facts, String.join(", ", shown), nets, notNets, service);
    }

    private static String text(Fields field) {
        return field.node().isTextual()
                ? field.node().textValue()
                : field.node().toString();
    }

    private @Nullable Selection positive(Fields end, @Nullable CalicoSelector not) {
        CalicoSelector labels = SelectorParser.parse(end.child("selector"));
        CalicoSelector ofNamespaces = SelectorParser.parseOfNamespaces(end.child("namespaceSelector"));
        Fields accounts = end.child("serviceAccounts");
        Set<String> names = null;
        CalicoSelector ofAccounts = null;
        if (!accounts.absent()) {
            accounts.allowOnly("names", "selector");
            List<String> given = accounts.child("names").elements().stream()
                    .map(Fields::text)
                    .toList();
            names = given.isEmpty() ? null : Set.copyOf(given);
            ofAccounts = SelectorParser.parse(accounts.child("selector"));
        }
        boolean isSaid = labels != null
                || ofNamespaces != null
                || names != null
                || ofAccounts != null
                || not != null && namespace != null;
        if (!isSaid) {
            return null;
        }
        Namespaces namespaces = ofNamespaces != null
                ? new Namespaces(null, ofNamespaces)
                : namespace == null ? null : new Namespaces(namespace, null);
        return new Selection(labels, not, namespaces, names, ofAccounts);
    }

    static List<AddressBlock> nets(Fields field) {
        List<AddressBlock> nets = new ArrayList<>();
        for (Fields net : field.elements()) {
            AddressBlock block = AddressBlock.parseAny(net.text());
            if (block == null) {
                throw net.invalid("'" + net.text() + "' is not a CIDR such as 10.0.0.0/8 or fd00::/8");
            }
            nets.add(block);
        }
        return List.copyOf(nets);
    }

    private String serviceName(Fields services) {
        Fields of = services.child("namespace");
        return (of.absent() ? String.valueOf(namespace) : of.text()) + "/"
                + services.child("name").text();
    }

    private @Nullable Set<ServiceEndpoint> endpoints(Fields services) {
        String name = serviceName(services);
        int slash = name.indexOf('/');
        return facts.service(name.substring(0, slash), name.substring(slash + 1));
    }

    private InService service(Fields services) {
        Set<ServiceEndpoint> endpoints = endpoints(services);
        if (endpoints == null) {
            return new InService(serviceName(services), null);
        }
        Set<String> addresses = new HashSet<>();
        endpoints.forEach(endpoint -> addresses.add(endpoint.ip()));
        return new InService(serviceName(services), Set.copyOf(addresses));
    }

    /** The endpoints of the Service that a destination names, each at its ports. */
    ToService toService(Fields services) {
        String name = serviceName(services);
        Set<ServiceEndpoint> endpoints = endpoints(services);
        if (endpoints == null) {
            return new ToService(name, Map.of(ToService.ANY, new InService(name, null)));
        }
        Map<String, Set<String>> byPort = new HashMap<>();
        for (ServiceEndpoint each : endpoints) {
            if (!each.protocol().isEmpty()) {
                String at = each.port() == null ? ToService.ANY : each.protocol() + "/" + each.port();
                byPort.computeIfAbsent(at, port -> new HashSet<>()).add(each.ip());
            }
        }
        Map<String, InService> tests = new LinkedHashMap<>();
        byPort.forEach((at, addresses) -> tests.put(at, new InService(name, Set.copyOf(addresses))));
        return new ToService(name, Map.copyOf(tests));
    }
}
