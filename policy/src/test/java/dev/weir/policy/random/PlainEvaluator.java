package dev.weir.policy.random;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A second, plain evaluator of Kubernetes' policies, straight from the JSON and not optimised. It has no unknown: it
 * decides about worlds in which every property is known.
 */
final class PlainEvaluator {
    private PlainEvaluator() {}

    static boolean allows(List<? extends JsonNode> policies, Traffic traffic) {
        Peer from = traffic.source();
        Peer to = traffic.destination();
        if (from.pod() != null
                && to.pod() != null
                && from.pod().display().equals(to.pod().display())) {
            return true;
        }
        return side(policies, traffic, from, to, "egress") && side(policies, traffic, to, from, "ingress");
    }

    private static boolean side(
            List<? extends JsonNode> policies, Traffic traffic, Peer subject, Peer other, String direction) {
        if (subject.pod() == null || subject.pod().identity().hostNetwork()) {
            return true;
        }
        String admin = tier(policies, "Admin", traffic, subject, other, direction);
        if (admin.equals("Deny")) {
            return false;
        }
        if (admin.equals("Allow")) {
            return true;
        }
        boolean isolated = false;
        boolean allowed = false;
        for (JsonNode policy : policies) {
            if (policy.path("kind").asText().equals("NetworkPolicy") && isolates(policy, subject, direction)) {
                isolated = true;
                for (JsonNode rule : policy.path("spec").path(direction)) {
                    allowed |= networkRule(policy, rule, traffic, other, direction);
                }
            }
        }
        return isolated
                ? allowed
                : !tier(policies, "Baseline", traffic, subject, other, direction)
                        .equals("Deny");
    }

    private static boolean isolates(JsonNode policy, Peer subject, String direction) {
        JsonNode spec = policy.path("spec");
        boolean named;
        if (spec.path("policyTypes").isEmpty()) {
            named = direction.equals("ingress") || spec.path("egress").size() > 0;
        } else {
            named = false;
            for (JsonNode type : spec.path("policyTypes")) {
                named |= type.asText().equalsIgnoreCase(direction);
            }
        }
        return named
                && subject.pod()
                        .namespace()
                        .equals(policy.path("metadata").path("namespace").asText())
                && selects(spec.path("podSelector"), subject.pod().identity().labels());
    }

    private static boolean networkRule(JsonNode policy, JsonNode rule, Traffic traffic, Peer other, String direction) {
        JsonNode peers = rule.path(direction.equals("ingress") ? "from" : "to");
        boolean peer = peers.isEmpty();
        for (JsonNode each : peers) {
            peer |= networkPeer(policy, each, other);
        }
        boolean port = rule.path("ports").isEmpty();
        for (JsonNode each : rule.path("ports")) {
            port |= networkPort(each, traffic);
        }
        return peer && port;
    }

    private static boolean networkPeer(JsonNode policy, JsonNode peer, Peer other) {
        if (peer.has("ipBlock")) {
            boolean in = contains(peer.path("ipBlock").path("cidr").asText(), other.ip());
            for (JsonNode except : peer.path("ipBlock").path("except")) {
                in &= !contains(except.asText(), other.ip());
            }
            return in;
        }
        if (other.pod() == null || other.pod().identity().hostNetwork()) {
            return false;
        }
        boolean namespace = peer.has("namespaceSelector")
                ? selects(peer.path("namespaceSelector"), other.pod().identity().namespaceLabels())
                : other.pod()
                        .namespace()
                        .equals(policy.path("metadata").path("namespace").asText());
        return namespace
                && selects(peer.path("podSelector"), other.pod().identity().labels());
    }

    private static boolean networkPort(JsonNode port, Traffic traffic) {
        String protocol = port.path("protocol").asText("TCP");
        if (!protocol.equals(traffic.protocol())) {
            return false;
        }
        if (!port.has("port")) {
            return true;
        }
        if (port.path("port").isTextual()) {
            return named(traffic, port.path("port").asText());
        }
        int first = port.path("port").asInt();
        return first <= traffic.port() && traffic.port() <= port.path("endPort").asInt(first);
    }

    /** Allow, Deny, or Pass for nothing decided. */
    private static String tier(
            List<? extends JsonNode> policies,
            String tier,
            Traffic traffic,
            Peer subject,
            Peer other,
            String direction) {
        List<JsonNode> ofTier = new ArrayList<>();
        for (JsonNode policy : policies) {
            String kind = policy.path("kind").asText();
            boolean belongs = kind.equals("AdminNetworkPolicy") && tier.equals("Admin")
                    || kind.equals("BaselineAdminNetworkPolicy") && tier.equals("Baseline")
                    || kind.equals("ClusterNetworkPolicy")
                            && policy.path("spec").path("tier").asText().equals(tier);
            if (belongs && isSubject(policy, subject)) {
                ofTier.add(policy);
            }
        }
        ofTier.sort(Comparator.comparingInt(
                policy -> policy.path("spec").path("priority").asInt(0)));
        for (JsonNode policy : ofTier) {
            for (JsonNode rule : policy.path("spec").path(direction)) {
                if (clusterRule(rule, traffic, other, direction)) {
                    String action = rule.path("action").asText();
                    return action.equals("Accept") ? "Allow" : action;
                }
            }
        }
        return "Pass";
    }

    private static boolean isSubject(JsonNode policy, Peer pod) {
        return podsOrNamespaces(policy.path("spec").path("subject"), pod);
    }

    private static boolean podsOrNamespaces(JsonNode node, Peer peer) {
        if (peer.pod() == null || peer.pod().identity().hostNetwork()) {
            return false;
        }
        Map<String, String> namespace = peer.pod().identity().namespaceLabels();
        if (node.has("namespaces")) {
            return selects(node.path("namespaces"), namespace);
        }
        return selects(node.path("pods").path("namespaceSelector"), namespace)
                && selects(
                        node.path("pods").path("podSelector"),
                        peer.pod().identity().labels());
    }

    private static boolean clusterRule(JsonNode rule, Traffic traffic, Peer other, String direction) {
        boolean peer = false;
        for (JsonNode each : rule.path(direction.equals("ingress") ? "from" : "to")) {
            if (each.has("nodes")) {
                peer |= other.node() != null
                        && selects(each.path("nodes"), other.node().labels());
            } else if (each.has("networks")) {
                for (JsonNode network : each.path("networks")) {
                    peer |= contains(network.asText(), other.ip());
                }
            } else if (each.has("domainNames")) {
                for (JsonNode domain : each.path("domainNames")) {
                    peer |= isNamed(other, domain.asText());
                }
            } else {
                peer |= podsOrNamespaces(each, other);
            }
        }
        boolean port = rule.path("ports").isEmpty() && rule.path("protocols").isEmpty();
        for (JsonNode each : rule.path("ports")) {
            port |= v1alpha1(each, traffic);
        }
        for (JsonNode each : rule.path("protocols")) {
            port |= v1alpha2(each, traffic);
        }
        return peer && port;
    }

    private static boolean v1alpha1(JsonNode port, Traffic traffic) {
        if (port.has("namedPort")) {
            return named(traffic, port.path("namedPort").asText());
        }
        JsonNode range = port.has("portNumber") ? port.path("portNumber") : port.path("portRange");
        int first = range.path("port").asInt(range.path("start").asInt());
        int last = range.path("port").asInt(range.path("end").asInt());
        return range.path("protocol").asText("TCP").equals(traffic.protocol())
                && first <= traffic.port()
                && traffic.port() <= last;
    }

    private static boolean v1alpha2(JsonNode port, Traffic traffic) {
        if (port.has("destinationNamedPort")) {
            return named(traffic, port.path("destinationNamedPort").asText());
        }
        String protocol = port.fieldNames().next();
        JsonNode destination = port.path(protocol).path("destinationPort");
        int first = destination
                .path("number")
                .asInt(destination.path("range").path("start").asInt());
        int last = destination
                .path("number")
                .asInt(destination.path("range").path("end").asInt());
        return protocol.equalsIgnoreCase(traffic.protocol()) && first <= traffic.port() && traffic.port() <= last;
    }

    private static boolean named(Traffic traffic, String name) {
        if (traffic.destination().pod() == null || traffic.port() == null) {
            return false;
        }
        for (NamedPort port : traffic.destination().pod().identity().ports()) {
            if (port.name().equals(name)
                    && port.protocol().equals(traffic.protocol())
                    && port.port() == traffic.port()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNamed(Peer peer, String domain) {
        for (String name : peer.names()) {
            if (domain.startsWith("*") ? name.endsWith(domain.substring(1)) : name.equals(domain)) {
                return true;
            }
        }
        return false;
    }

    static boolean selects(JsonNode selector, Map<String, String> labels) {
        boolean all = true;
        for (Map.Entry<String, JsonNode> label : selector.path("matchLabels").properties()) {
            all &= label.getValue().asText().equals(labels.get(label.getKey()));
        }
        for (JsonNode expression : selector.path("matchExpressions")) {
            String value = labels.get(expression.path("key").asText());
            boolean listed = false;
            for (JsonNode each : expression.path("values")) {
                listed |= each.asText().equals(value);
            }
            all &= switch (expression.path("operator").asText()) {
                case "In" -> listed;
                case "NotIn" -> !listed;
                case "Exists" -> value != null;
                default -> value == null;
            };
        }
        return all;
    }

    static boolean contains(String cidr, @Nullable String ip) {
        try {
            byte[] network =
                    InetAddress.getByName(cidr.substring(0, cidr.indexOf('/'))).getAddress();
            byte[] address = InetAddress.getByName(ip).getAddress();
            if (network.length != address.length) {
                return false;
            }
            int free = network.length * 8 - Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
            return new BigInteger(1, network).shiftRight(free).equals(new BigInteger(1, address).shiftRight(free));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
