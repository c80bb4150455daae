package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.PortClause;
import dev.weir.policy.clause.CidrText;
import dev.weir.policy.clause.KubernetesNames;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * NetworkPolicy, {@code networking.k8s.io/v1}, as Kubernetes 1.36 decodes and validates it ({@code
 * pkg/apis/networking/validation}).
 */
final class NetworkPolicies {
    private static final int MAX_PORT = 65_535;

    private static final Shape SELECTOR = Struct.of(Map.of(
                    "matchLabels",
                    Many.goMap(),
                    "matchExpressions",
                    Many.goList(Struct.of(Map.of(
                                    "key", Scalars.TEXT, "operator", Scalars.TEXT, "values", Many.goList(Scalars.TEXT)))
                            .rule(NetworkPolicies::expression))))
            .rule((path, selector, refusals) ->
                    Metadata.labels(path + ".matchLabels", selector.path("matchLabels"), refusals));

    private static final Shape PEERS = Many.goList(Struct.of(Map.of(
                    "podSelector",
                    SELECTOR,
                    "namespaceSelector",
                    SELECTOR,
                    "ipBlock",
                    Struct.of(Map.of("cidr", Scalars.TEXT, "except", Many.goList(Scalars.TEXT)))
                            .rule(NetworkPolicies::block)))
            .rule(NetworkPolicies::peer));

    private static final Shape PORTS =
            Many.goList(Struct.of(Map.of("protocol", Scalars.TEXT, "port", Scalars.PORT, "endPort", Scalars.INT32))
                    .rule(NetworkPolicies::port));

    private static final Shape SPEC = Struct.of(Map.of(
                    "podSelector",
                    SELECTOR,
                    "policyTypes",
                    Many.goList(Scalars.TEXT),
                    "ingress",
                    Many.goList(Struct.of(Map.of("from", PEERS, "ports", PORTS))),
                    "egress",
                    Many.goList(Struct.of(Map.of("to", PEERS, "ports", PORTS)))))
            .rule(NetworkPolicies::types);

    /** The whole object. It has no status. */
    static final Shape SHAPE = Struct.of(
            Map.of("apiVersion", Scalars.TEXT, "kind", Scalars.TEXT, "metadata", Metadata.SHAPE, "spec", SPEC));

    private NetworkPolicies() {}

    private static void types(String path, JsonNode spec, List<Refusal> refusals) {
        JsonNode types = spec.path("policyTypes");
        if (types.size() > 2) {
            refusals.add(new Refusal(path + ".policyTypes", "has " + types.size() + " entries, more than two"));
        }
        for (int i = 0; i < types.size(); i++) {
            String type = types.get(i).asText();
            if (!Set.of("Ingress", "Egress").contains(type)) {
                refusals.add(new Refusal(path + ".policyTypes[" + i + "]", "'" + type + "' is not Ingress or Egress"));
            }
        }
    }

    private static void expression(String path, JsonNode expression, List<Refusal> refusals) {
        String operator = expression.path("operator").asText("");
        JsonNode values = expression.path("values");
        switch (operator) {
            case "In", "NotIn" -> {
                if (values.isEmpty()) {
                    refusals.add(new Refusal(path + ".values", "must not be empty with " + operator));
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (!values.isEmpty()) {
                    refusals.add(new Refusal(path + ".values", "must be empty with " + operator));
                }
            }
            default ->
                refusals.add(
                        new Refusal(path + ".operator", "'" + operator + "' is not In, NotIn, Exists or DoesNotExist"));
        }
        String key = expression.path("key").asText("");
        if (!KubernetesNames.isLabelKey(key)) {
            refusals.add(
                    new Refusal(path + ".key", "'" + key + "' is not a label key: " + KubernetesNames.labelKeyRule()));
        }
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i).asText();
            if (!KubernetesNames.isLabelValue(value)) {
                refusals.add(new Refusal(
                        path + ".values[" + i + "]",
                        "'" + value + "' is not a label value: " + KubernetesNames.labelValueRule()));
            }
        }
    }

    private static void peer(String path, JsonNode peer, List<Refusal> refusals) {
        if (peer.isEmpty()) {
            refusals.add(new Refusal(path, "needs a podSelector, a namespaceSelector or an ipBlock"));
        } else if (peer.has("ipBlock") && peer.size() > 1) {
            refusals.add(new Refusal(path + ".ipBlock", "cannot go with a selector in the same entry"));
        }
    }

    private static void block(String path, JsonNode block, List<Refusal> refusals) {
        String cidr = block.path("cidr").asText("");
        if (cidr.isEmpty()) {
            refusals.add(new Refusal(path + ".cidr", "is missing"));
            return;
        }
        String problem = CidrText.problem(cidr);
        if (problem != null) {
            refusals.add(new Refusal(path + ".cidr", problem));
        }
        JsonNode except = block.path("except");
        for (int i = 0; i < except.size(); i++) {
            String its = path + ".except[" + i + "]";
            String out = except.get(i).asText();
            String wrong = CidrText.problem(out);
            if (wrong != null) {
                refusals.add(new Refusal(its, wrong));
            } else if (problem == null && !CidrText.isPart(out, cidr)) {
                refusals.add(new Refusal(its, out + " is not a part of " + cidr));
            }
        }
    }

    private static void port(String path, JsonNode entry, List<Refusal> refusals) {
        JsonNode protocol = entry.path("protocol");
        if (!protocol.isMissingNode() && !PortClause.PROTOCOLS.contains(protocol.asText())) {
            refusals.add(new Refusal(path + ".protocol", "'" + protocol.asText() + "' is not TCP, UDP or SCTP"));
        }
        JsonNode port = entry.path("port");
        JsonNode endPort = entry.path("endPort");
        if (port.isTextual() && !KubernetesNames.isPortName(port.textValue())) {
            refusals.add(new Refusal(
                    path + ".port",
                    "'" + port.textValue() + "' is not a port name: " + KubernetesNames.portNameRule()));
        }
        if (port.isNumber()) {
            number(path + ".port", port.intValue(), refusals);
        }
        if (endPort.isMissingNode()) {
            return;
        }
        if (port.isMissingNode()) {
            refusals.add(new Refusal(path + ".endPort", "needs a port"));
        } else if (port.isTextual()) {
            refusals.add(new Refusal(path + ".endPort", "cannot go with the named port '" + port.textValue() + "'"));
        } else if (endPort.intValue() < port.intValue()) {
            refusals.add(new Refusal(path + ".endPort", endPort.intValue() + " is below port " + port.intValue()));
        } else {
            number(path + ".endPort", endPort.intValue(), refusals);
        }
    }

    private static void number(String path, int port, List<Refusal> refusals) {
        if (port < 1 || port > MAX_PORT) {
            refusals.add(new Refusal(path, port + " is outside 1.." + MAX_PORT));
        }
    }
}
