package dev.weir.policy.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.clause.CidrText;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of {@code policy.networking.k8s.io} by the schemas and CEL rules of their definitions (network-policy-api,
 * the experimental channel of v0.1.7 and v0.2.0). A definition tests types and counts, but no label, protocol or name
 * of a port, so the server accepts objects that a plug-in cannot use.
 */
final class ClusterPolicies {
    private static final int MAX_PORT = 65_535;
    private static final int LOWEST_PRIORITY = 1_000;
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_CIDR = 43;
    private static final int MOST_NETWORKS = 25;

    /** The pattern of the definitions; {@code A-z} admits more than letters. */
    private static final Pattern DOMAIN = Pattern.compile(
            "(\\*\\.)?([a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.)+[a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\\.?");

    private static final Shape SELECTOR = Struct.of(Map.of(
            "matchLabels",
            Many.map(),
            "matchExpressions",
            Many.list(
                    Struct.of(Map.of(
                                    "key",
                                    Scalars.TEXT,
                                    "operator",
                                    Scalars.TEXT,
                                    "values",
                                    Many.list(Scalars.TEXT, 0, Integer.MAX_VALUE)))
                            .requires("key", "operator"),
                    0,
                    Integer.MAX_VALUE)));

    private static final Shape NETWORKS = Many.set(Scalars.text(ClusterPolicies::network), 1, MOST_NETWORKS);
    private static final Shape DOMAINS = Many.set(
            Scalars.text(text -> DOMAIN.matcher(text).matches()
                    ? null
                    : "'" + text + "' is not a domain name such as example.com or *.example.com"),
            1,
            MOST_NETWORKS);
    private static final Shape NUMBER = Scalars.integer(1, MAX_PORT);

    /** The server deletes a status that is sent, once it has looked at the names of its fields. */
    private static final Shape STATUS = new KnownFields(
            Set.of("conditions"),
            Set.of("lastTransitionTime", "message", "observedGeneration", "reason", "status", "type"));

    static final Shape ADMIN = object(Struct.of(Map.of(
                    "priority",
                    Scalars.integer(0, LOWEST_PRIORITY),
                    "subject",
                    subject("namespaceSelector", "podSelector"),
                    "ingress",
                    ofV1Alpha1("from", false, "Allow", "Deny", "Pass"),
                    "egress",
                    ofV1Alpha1("to", true, "Allow", "Deny", "Pass")))
            .requires("priority", "subject"));

    static final Shape BASELINE = object(Struct.of(Map.of(
                    "subject",
                    subject("namespaceSelector", "podSelector"),
                    "ingress",
                    ofV1Alpha1("from", false, "Allow", "Deny"),
                    "egress",
                    ofV1Alpha1("to", false, "Allow", "Deny")))
            .requires("subject"));

    static final Shape CLUSTER = object(Struct.of(Map.of(
                    "tier",
                    Scalars.oneOf("Admin", "Baseline"),
                    "priority",
                    Scalars.integer(0, LOWEST_PRIORITY),
                    "subject",
                    subject("podSelector"),
                    "ingress",
                    ofV1Alpha2("from"),
                    "egress",
                    ofV1Alpha2("to")))
            .requires("tier", "priority", "subject"));

    private ClusterPolicies() {}

    private static Shape object(Shape spec) {
        return Struct.of(Map.of(
                        "apiVersion",
                        Scalars.TEXT,
                        "kind",
                        Scalars.TEXT,
                        "metadata",
                        Metadata.SHAPE,
                        "spec",
                        spec,
                        "status",
                        STATUS))
                .requires("spec");
    }

    private static Shape subject(String... required) {
        return Struct.of(Map.of("namespaces", SELECTOR, "pods", pods(required))).ofOne();
    }

    private static Shape pods(String... required) {
        return Struct.of(Map.of("namespaceSelector", SELECTOR, "podSelector", SELECTOR))
                .requires(required);
    }

    /** Rules with {@code ports}; a baseline has no domains. */
    private static Shape ofV1Alpha1(String peers, boolean domains, String... actions) {
        Shape ports = Many.list(
                Struct.of(Map.of(
                                "portNumber",
                                Struct.of(Map.of("protocol", Scalars.TEXT, "port", NUMBER))
                                        .requires("port"),
                                "portRange",
                                Struct.of(Map.of("protocol", Scalars.TEXT, "start", NUMBER, "end", NUMBER))
                                        .requires("start", "end"),
                                "namedPort",
                                Scalars.TEXT))
                        .ofOne(),
                1,
                100);
        Shape peer = peer(peers.equals("to"), domains, "namespaceSelector", "podSelector");
        return rules(peers, peer, "ports", ports, "namedPort", 100, actions);
    }

    /** Rules with {@code protocols}. */
    private static Shape ofV1Alpha2(String peers) {
        Shape range = Struct.of(Map.of("start", NUMBER, "end", NUMBER))
                .requires("start", "end")
                .rule((path, each, refusals) -> {
                    if (each.path("start").intValue() >= each.path("end").intValue()) {
                        refusals.add(new Refusal(
                                path + ".end", each.path("end") + " is not above start " + each.path("start")));
                    }
                });
        Shape transport = Struct.of(Map.of(
                        "destinationPort",
                        Struct.of(Map.of("number", NUMBER, "range", range)).ofOne()))
                .notEmpty();
        Shape protocols = Many.list(
                Struct.of(Map.of(
                                "tcp",
                                transport,
                                "udp",
                                transport,
                                "sctp",
                                transport,
                                "destinationNamedPort",
                                Scalars.TEXT))
                        .ofOne(),
                1,
                25);
        boolean egress = peers.equals("to");
        Shape peer = peer(egress, egress, "podSelector");
        return rules(peers, peer, "protocols", protocols, "destinationNamedPort", 25, "Accept", "Deny", "Pass");
    }

    private static Shape peer(boolean egress, boolean domains, String... required) {
        Map<String, Shape> fields = new TreeMap<>(Map.of("namespaces", SELECTOR, "pods", pods(required)));
        if (egress) {
            fields.put("nodes", SELECTOR);
            fields.put("networks", NETWORKS);
        }
        if (domains) {
            fields.put("domainNames", DOMAINS);
        }
        return Struct.of(fields).ofOne();
    }

    private static Shape rules(
            String peers, Shape peer, String portsField, Shape ports, String named, int most, String... actions) {
        Struct rule = Struct.of(Map.of(
                        "name",
                        Scalars.text(ClusterPolicies::ruleName),
                        "action",
                        Scalars.oneOf(actions),
                        peers,
                        Many.list(peer, 1, most),
                        portsField,
                        ports))
                .requires("action", peers)
                .rule((path, each, refusals) -> namedPorts(path, each, peers, portsField, named, refusals));
        return Many.list(rule, 0, most);
    }

    /** Refuses named ports beside nodes, networks and domains, which have none. */
    private static void namedPorts(
            String path, JsonNode rule, String peers, String portsField, String named, List<Refusal> refusals) {
        for (int i = 0; i < rule.path(portsField).size(); i++) {
            if (!rule.path(portsField).get(i).has(named)) {
                continue;
            }
            for (JsonNode peer : rule.path(peers)) {
                for (String kind : List.of("networks", "nodes", "domainNames")) {
                    if (peer.has(kind)) {
                        refusals.add(new Refusal(
                                path + "." + portsField + "[" + i + "]." + named,
                                "cannot go with " + kind + ", which have no named ports"));
                        return;
                    }
                }
            }
        }
    }

    private static @Nullable String ruleName(String name) {
        int length = name.codePointCount(0, name.length());
        return length > LONGEST_NAME ? "has " + length + " characters, more than " + LONGEST_NAME : null;
    }

    private static @Nullable String network(String text) {
        if (text.length() > LONGEST_CIDR) {
            return "has " + text.length() + " characters, more than " + LONGEST_CIDR;
        }
        return CidrText.isCidr(text) ? null : "'" + text + "' is not a CIDR such as 10.0.0.0/8 or fd00::/8";
    }
}
