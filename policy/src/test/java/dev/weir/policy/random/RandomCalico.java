package dev.weir.policy.random;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Draws policies of Calico with all that they refer to. */
final class RandomCalico extends RandomObjects {
    private static final String VERSION = "projectcalico.org/v3";
    private static final List<String> TIERS = List.of("default", "default", "early", "late", "last");
    private static final List<Double> ORDERS = List.of(-5.0, 0.5, 10.0, 900.0, 1000.0, 1500.0);

    RandomCalico(long seed) {
        super(seed);
        tier("early", pick(List.of(5, 100)));
        tier("late", pick(List.of(2_000_000, 999_999)));
        tier("last", -1);
        for (PlainEnd node : nodes()) {
            if (chance(3)) {
                hostEndpoint(node);
            }
        }
        for (int i = next(3); i > 0; i--) {
            ObjectNode set = object(VERSION, "GlobalNetworkSet", null, "set" + i);
            networks(set);
        }
        for (int i = next(3); i > 0; i--) {
            networks(object(VERSION, "NetworkSet", pick(NAMESPACES), "set" + i));
        }
        for (String name : List.of("some", "other")) {
            ObjectNode profile = object(VERSION, "Profile", null, name);
            rules(profile.putObject("spec").putArray("ingress"), false);
            rules(profile.withObject("/spec").putArray("egress"), true);
            objects.add(profile);
        }
        boolean isMixed = chance(3);
        for (int i = next(6); i >= 0; i--) {
            if (isMixed && i > 0 && chance(2)) {
                add(kubernetesPolicy("p" + next(3)));
            } else {
                add(policy("p" + next(3)));
            }
        }
    }

    private void tier(String name, int order) {
        ObjectNode tier = object(VERSION, "Tier", null, name);
        ObjectNode spec = tier.putObject("spec");
        if (order >= 0) {
            spec.put("order", order);
        }
        if (!chance(3)) {
            spec.put("defaultAction", pick(List.of("Deny", "Pass")));
        }
        objects.add(tier);
    }

    private void hostEndpoint(PlainEnd node) {
        ObjectNode host = object(VERSION, "HostEndpoint", null, PlainDialect.name(node.node()) + "-eth0");
        randomLabels(labels(host), 2);
        ObjectNode spec = host.putObject("spec").put("node", PlainDialect.name(node.node()));
        spec.put("interfaceName", chance(3) ? "*" : "eth0")
                .putArray("expectedIPs")
                .add(node.ip());
        for (int i = next(3); i > 0; i--) {
            ObjectNode port = spec.withArray("/ports").addObject().put("name", pick(PORT_NAMES));
            port.put("protocol", pick(PROTOCOLS)).put("port", pick(PORTS));
        }
        for (int i = next(4); i > 0; i--) {
            spec.withArray("/profiles")
                    .add(pick(List.of("projectcalico-default-allow", "some", "some", "other", "none")));
        }
        objects.add(host);
    }

    private void networks(ObjectNode set) {
        labels(set).put("kind", pick(List.of("office", "vpn")));
        randomLabels(labels(set), 4);
        ArrayNode nets = set.putObject("spec").putArray("nets");
        for (int i = 1 + next(2); i > 0; i--) {
            nets.add(pick(BLOCKS));
        }
        objects.add(set);
    }

    private ObjectNode policy(String name) {
        boolean isGlobal = chance(2);
        String kind = (chance(15) ? "Staged" : "") + (isGlobal ? "GlobalNetworkPolicy" : "NetworkPolicy");
        ObjectNode policy = object(VERSION, kind, isGlobal ? null : pick(NAMESPACES), name);
        ObjectNode spec = policy.putObject("spec");
        if (!chance(4)) {
            spec.put("order", pick(ORDERS));
        }
        if (!chance(3)) {
            spec.put("tier", pick(TIERS));
        }
        if (!chance(5)) {
            spec.put("selector", chance(2) ? "all()" : selector());
        }
        boolean isEarly = false;
        boolean isPreDnat = false;
        if (isGlobal) {
            if (chance(5)) {
                spec.put("namespaceSelector", namespaceSelector());
            }
            if (chance(8)) {
                spec.put("applyOnForward", true);
                isEarly = chance(2);
                isPreDnat = isEarly && chance(2);
                if (isEarly) {
                    spec.put(isPreDnat ? "preDNAT" : "doNotTrack", true);
                }
            }
        }
        if (chance(8)) {
            spec.put("serviceAccountSelector", accountSelector());
        }
        boolean hasEgress = !isPreDnat && !chance(3);
        if (isPreDnat) {
            spec.putArray("types").add("Ingress");
        } else {
            switch (next(5)) {
                case 0 -> spec.putArray("types").add("Ingress");
                case 1 -> spec.putArray("types").add("Egress");
                case 2, 3 -> spec.putArray("types").add("Ingress").add("Egress");
                default -> {}
            }
        }
        if (isPreDnat || !chance(3)) {
            rules(spec.putArray("ingress"), false);
        }
        if (hasEgress) {
            rules(spec.putArray("egress"), true);
        }
        return policy;
    }

    private void rules(ArrayNode rules, boolean egress) {
        for (int i = next(4); i > 0; i--) {
            ObjectNode rule = rules.addObject();
            String action = pick(List.of("Allow", "Allow", "Allow", "Deny", "Deny", "Pass", "Log"));
            rule.put("action", action);
            String protocol = pick(List.of("", "", "TCP", "TCP", "UDP", "SCTP", "ICMP", "ICMPv6", "6", "47"));
            if (protocol.matches("[0-9]+")) {
                rule.put("protocol", Integer.parseInt(protocol));
            } else if (!protocol.isEmpty()) {
                rule.put("protocol", protocol);
            } else if (chance(5)) {
                rule.put("notProtocol", pick(List.of("TCP", "ICMP", "UDP")));
            }
            if (protocol.startsWith("ICMP") && !chance(3)) {
                ObjectNode icmp =
                        rule.putObject(pick(List.of("icmp", "notICMP"))).put("type", pick(List.of(0, 8)));
                if (chance(3)) {
                    icmp.put("code", next(2));
                }
            }
            int version = protocol.equals("ICMPv6") ? 6 : 4;
            if (chance(10)) {
                rule.put("ipVersion", version);
            }
            boolean hasPorts = PROTOCOLS.contains(protocol);
            boolean isHttp = !egress && action.equals("Allow") && protocol.equals("TCP") && chance(3);
            if (isHttp) {
                http(rule.putObject("http"));
            }
            if (!chance(egress ? 2 : 4)) {
                entity(rule.putObject("source"), version);
            }
            if (!chance(egress ? 4 : 2)) {
                entity(rule.putObject("destination"), version);
            }
            if (hasPorts && chance(6)) {
                ports(rule.withObject("/source"), 4);
            }
            if (chance(10)) {
                ObjectNode entity = rule.withObject(egress ? "/destination" : "/source");
                entity.removeAll();
                ObjectNode service = entity.putObject("services");
                service.put("name", pick(List.of("s1", "s1", "s2", "s9"))).put("namespace", pick(NAMESPACES));
            } else if (hasPorts && !chance(3)) {
                ports(rule.withObject("/destination"), 1);
            }
        }
    }

    private void http(ObjectNode http) {
        if (!chance(3)) {
            http.putArray("methods").add(pick(List.of("GET", "POST")));
        }
        if (chance(2) || http.isEmpty()) {
            ObjectNode path = http.putArray("paths").addObject();
            path.put(pick(List.of("exact", "prefix")), pick(List.of("/a", "/a/b")));
        }
    }

    private void ports(ObjectNode entity, int oneInNot) {
        boolean isNot = chance(3 * oneInNot);
        ArrayNode ports = entity.putArray(isNot ? "notPorts" : "ports");
        for (int i = 1 + next(2); i > 0; i--) {
            switch (next(4)) {
                case 0 -> ports.add("80:8080");
                case 1 -> ports.add(pick(PORT_NAMES));
                default -> ports.add((int) pick(PORTS));
            }
        }
    }

    private void entity(ObjectNode entity, int version) {
        if (chance(2)) {
            entity.put("selector", selector());
        }
        if (chance(7)) {
            entity.put("notSelector", selector());
        }
        if (chance(4)) {
            entity.put("namespaceSelector", peerNamespaceSelector());
        }
        if (chance(7)) {
            ObjectNode accounts = entity.putObject("serviceAccounts");
            if (chance(2)) {
                accounts.putArray("names").add(pick(List.of("reader", "writer", "default")));
            }
            if (accounts.isEmpty() || chance(3)) {
                accounts.put("selector", accountSelector());
            }
        }
        List<String> blocks = BLOCKS.stream()
                .filter(block -> block.contains(":") == (version == 6))
                .toList();
        if (chance(4)) {
            entity.putArray("nets").add(pick(blocks));
            if (chance(2)) {
                entity.withArray("/nets").add(pick(blocks));
            }
        }
        if (chance(6)) {
            entity.putArray("notNets").add(pick(blocks.subList(1, blocks.size() - 1)));
        }
    }

    private String peerNamespaceSelector() {
        return chance(4) ? "global()" : namespaceSelector();
    }

    private String namespaceSelector() {
        return pick(List.of(
                "all()",
                "team == 'red'",
                "has(env)",
                "!has(env)",
                "all() && !has(env)",
                "env ends with 'od'",
                "projectcalico.org/name == 'n1'",
                "projectcalico.org/name in {'n1', 'n3'}",
                "team != \"blue\""));
    }

    private String accountSelector() {
        return pick(List.of("role == 'r'", "has(role)", "!has(role)", "role != 'w'", "all()", "!all() || !has(role)"));
    }

    private String selector() {
        String term = term();
        return switch (next(6)) {
            case 0 -> term + " && " + term();
            case 1 -> term + " || " + term() + " && " + term();
            case 2 -> "!(" + term + ")";
            case 3 -> "(" + term + " || " + term() + ") && " + term();
            default -> term;
        };
    }

    private String term() {
        return pick(List.of(
                "app == 'web'",
                "app != 'db'",
                "app in {'web', 'api'}",
                "app not in {'web'}",
                "has(tier)",
                "!has(tier)",
                "tier contains 'ro'",
                "env starts with \"pr\"",
                "env ends with 'ev'",
                "kind == 'office'",
                "has(kind)",
                "all()",
                "projectcalico.org/namespace == 'n1'",
                "projectcalico.org/orchestrator == 'k8s'",
                "projectcalico.org/serviceaccount == 'reader'"));
    }
}
