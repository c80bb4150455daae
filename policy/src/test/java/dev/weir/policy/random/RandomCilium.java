package dev.weir.policy.random;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Draws policies of Cilium with all that they refer to. */
final class RandomCilium extends RandomObjects {
    private static final String VERSION = "cilium.io/v2";
    private static final String NAMESPACE = "io.kubernetes.pod.namespace";
    private static final List<String> ENTITIES = List.of(
            "world",
            "cluster",
            "host",
            "remote-node",
            "kube-apiserver",
            "all",
            "health",
            "init",
            "unmanaged",
            "ingress",
            "none");

    private static final String TEAM = "io.cilium.k8s.namespace.labels.team";
    private static final int LEFT_OUT = -1;

    private boolean isOfCluster;

    RandomCilium(long seed) {
        super(seed);
        apiServer();
        for (int i = next(3); i > 0; i--) {
            ObjectNode group = object(VERSION, "CiliumCIDRGroup", null, "group" + i);
            labels(group).put("kind", pick(List.of("office", "vpn")));
            ArrayNode blocks = group.putObject("spec").putArray("externalCIDRs");
            for (int j = 1 + next(2); j > 0; j--) {
                blocks.add(pick(BLOCKS));
            }
            objects.add(group);
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

    private void apiServer() {
        ObjectNode endpoints = object("v1", "Endpoints", "default", "kubernetes");
        ObjectNode subset = endpoints.putArray("subsets").addObject();
        subset.putArray("addresses").addObject().put("ip", pick(List.of("10.0.0.11", "203.0.113.10")));
        subset.putArray("ports").addObject().put("port", 6443).put("protocol", "TCP");
        objects.add(endpoints);
        ObjectNode service = object("v1", "Service", "default", "kubernetes");
        service.putObject("spec").putArray("ports").addObject().put("port", 443);
        objects.add(service);
    }

    private ObjectNode policy(String name) {
        isOfCluster = chance(3);
        ObjectNode policy = object(
                VERSION,
                isOfCluster ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy",
                isOfCluster ? null : pick(NAMESPACES),
                name);
        if (!chance(4)) {
            rule(policy.putObject("spec"));
        }
        if (!policy.has("spec") || chance(6)) {
            ArrayNode specs = policy.putArray("specs");
            for (int i = 1 + next(2); i > 0; i--) {
                rule(specs.addObject());
            }
        }
        return policy;
    }

    private void rule(ObjectNode spec) {
        boolean isOfNodes = isOfCluster && chance(4);
        if (isOfNodes) {
            ObjectNode selector = spec.putObject("nodeSelector");
            if (chance(2)) {
                selector.putObject("matchLabels").put("zone", pick(List.of("a", "b")));
            }
        } else {
            ObjectNode selector = spec.putObject("endpointSelector");
            switch (next(6)) {
                case 0, 1 -> randomLabels(selector.putObject("matchLabels"), 3);
                case 2 -> selector.setAll(peerSelector(false));
                case 3 -> expression(selector);
                default -> {}
            }
        }
        boolean any = false;
        for (boolean egress : List.of(false, true)) {
            String direction = egress ? "egress" : "ingress";
            if (!chance(3)) {
                ArrayNode entries = spec.putArray(direction);
                for (int i = next(4); i > 0; i--) {
                    entry(entries.addObject(), egress, false, isOfNodes);
                    any = true;
                }
            }
            if (chance(4)) {
                entry(spec.putArray(direction + "Deny").addObject(), egress, true, isOfNodes);
                any = true;
            }
            if (chance(6)) {
                spec.withObject("/enableDefaultDeny").put(direction, chance(2));
            }
        }
        if (!any) {
            entry(spec.putArray("ingress").addObject(), false, false, isOfNodes);
        }
    }

    private void entry(ObjectNode entry, boolean egress, boolean denies, boolean isOfNodes) {
        String prefix = egress ? "to" : "from";
        int sort = next(16);
        ArrayNode peers;
        switch (sort) {
            case 0, 1, 2, 3 -> {
                peers = entry.putArray(prefix + "Endpoints");
                for (int i = chance(12) ? 0 : 1 + next(2); i > 0; i--) {
                    peers.add(peerSelector(true));
                }
            }
            case 4, 5 -> {
                peers = entry.putArray(prefix + "Entities");
                for (int i = chance(12) ? 0 : 1 + next(2); i > 0; i--) {
                    peers.add(pick(ENTITIES));
                }
            }
            case 6, 7 -> {
                peers = entry.putArray(prefix + "CIDR");
                for (int i = chance(12) ? 0 : 1 + next(2); i > 0; i--) {
                    peers.add(pick(BLOCKS));
                }
            }
            case 8, 9 -> cidrSet(entry.putArray(prefix + "CIDRSet").addObject());
            case LEFT_OUT -> {
                // Left out: fromNodes and toNodes, of which the engine knows nothing; to enable, write case 10.
                ObjectNode selector = entry.putArray(prefix + "Nodes").addObject();
                selector.putObject("matchLabels").put("zone", pick(List.of("a", "b")));
            }
            case 11 -> {
                if (egress) {
                    service(entry.putArray("toServices").addObject());
                }
            }
            case 12 -> {
                if (egress && !denies) {
                    name(entry.putArray("toFQDNs").addObject());
                }
            }
            case 13 -> {
                if (chance(3)) {
                    ObjectNode aws =
                            entry.putArray(prefix + "Groups").addObject().putObject("aws");
                    aws.putArray("securityGroupsNames").add("sg-1");
                }
            }
            default -> {}
        }
        boolean requires = sort < 4 && chance(6) || sort == 15 && chance(3);
        if (requires) {
            entry.putArray(prefix + "Requires").add(peerSelector(true));
        }
        if (sort == 15 && requires) {
            return;
        }
        switch (next(5)) {
            case 0, 1 -> {
                for (int i = 1 + next(2); i > 0; i--) {
                    toPorts(entry.withArray("/toPorts").addObject(), egress, denies, isOfNodes);
                }
            }
            case 2 -> {
                if (chance(2)) {
                    boolean isV6 = chance(4);
                    ObjectNode field = entry.putArray("icmps")
                            .addObject()
                            .putArray("fields")
                            .addObject();
                    if (isV6 || chance(2)) {
                        field.put("family", isV6 ? "IPv6" : "IPv4");
                    }
                    if (chance(2)) {
                        field.put("type", "EchoRequest");
                    } else {
                        field.put("type", isV6 ? 129 : 8 * next(2));
                    }
                }
            }
            default -> {}
        }
    }

    private void cidrSet(ObjectNode set) {
        switch (next(4)) {
            case 0 -> set.put("cidrGroupRef", "group" + (1 + next(3)));
            case 1 ->
                set.putObject("cidrGroupSelector").putObject("matchLabels").put("kind", "office");
            default -> set.put("cidr", pick(List.of("203.0.113.0/24", "0.0.0.0/0", "::/0", "2001:db8::/64")));
        }
        String block = set.path("cidr").asText("203.0.113.0/24");
        if (chance(2)) {
            set.putArray("except").add(block.contains(":") ? "2001:db8::5/128" : "203.0.113.0/25");
        }
    }

    private void service(ObjectNode peer) {
        if (chance(2)) {
            peer.putObject("k8sService")
                    .put("serviceName", pick(List.of("s1", "s1", "s2", "s9")))
                    .put("namespace", pick(NAMESPACES));
            return;
        }
        ObjectNode selector = peer.putObject("k8sServiceSelector");
        selector.putObject("selector").putObject("matchLabels").put("svc", pick(List.of("in", "out")));
        if (chance(2)) {
            selector.put("namespace", pick(NAMESPACES));
        }
    }

    private void name(ObjectNode rule) {
        switch (next(3)) {
            case 0 -> rule.put("matchName", "example.com");
            case 1 -> rule.put("matchPattern", "*.example.com");
            default -> rule.put("matchPattern", "*");
        }
    }

    private void toPorts(ObjectNode toPorts, boolean egress, boolean denies, boolean isOfNodes) {
        ArrayNode ports = toPorts.putArray("ports");
        boolean hasRequests = !denies && !isOfNodes && chance(5);
        if (hasRequests) {
            ports.addObject().put("port", String.valueOf(pick(PORTS))).put("protocol", "TCP");
            requests(toPorts, egress);
            return;
        }
        for (int i = 1 + next(2); i > 0; i--) {
            ObjectNode port = ports.addObject();
            String protocol = pick(List.of("TCP", "TCP", "UDP", "SCTP", "ANY", ""));
            if (!protocol.isEmpty()) {
                port.put("protocol", protocol);
            }
            switch (next(6)) {
                case 0 -> port.put("port", pick(PORT_NAMES));
                case 1 -> port.put("port", "80").put("endPort", 8080);
                case 2 -> port.put("port", "443").put("endPort", 80);
                case 3 -> port.put("port", "0");
                default -> port.put("port", String.valueOf(pick(PORTS)));
            }
        }
    }

    private void requests(ObjectNode toPorts, boolean egress) {
        switch (next(egress ? 5 : 4)) {
            case 0 -> {
                ObjectNode http = toPorts.putObject("rules").putArray("http").addObject();
                if (!chance(3)) {
                    http.put("method", pick(List.of("GET", "POST")));
                }
                if (chance(2)) {
                    http.put("path", pick(List.of("/a", "/a.*")));
                }
            }
            case 1 -> {
                ObjectNode kafka = toPorts.putObject("rules").putArray("kafka").addObject();
                kafka.put("topic", pick(List.of("t", "u")));
                if (chance(2)) {
                    kafka.put("role", pick(List.of("produce", "consume")));
                }
            }
            case 2 -> toPorts.putArray("serverNames").add(pick(List.of("a.example.com", "b.example.com")));
            case 3 -> {
                ObjectNode rules = toPorts.putObject("rules").put("l7proto", "r2d2");
                rules.putArray("l7").addObject().put("cmd", "READ");
            }
            default -> name(toPorts.putObject("rules").putArray("dns").addObject());
        }
    }

    /** Draws a selector of pods, with the labels that Cilium adds. */
    private ObjectNode peerSelector(boolean ofPeers) {
        ObjectNode selector = labelSelector();
        ObjectNode more = selector.objectNode();
        switch (next(ofPeers ? 14 : 8)) {
            case 0 -> more.put(NAMESPACE, pick(NAMESPACES));
            case 1 -> more.put(pick(List.of("k8s:", "any:")) + NAMESPACE, pick(NAMESPACES));
            case 2 -> more.put("k8s:app", pick(List.of("web", "db")));
            case 3 -> more.put("any:tier", "front");
            case 4 -> more.put(pick(List.of("container:app", "pod-template-hash", "app.kubernetes.io/name")), "web");
            case 5 -> more.put("io.cilium.k8s.policy.serviceaccount", pick(List.of("reader", "default")));
            case 6 -> more.put("k8s:io.cilium.k8s.policy.cluster", pick(List.of("default", "other")));
            case 7 -> more.put("pod-template-hash", "h1");
            case 8 -> more.put(pick(List.of("", "k8s:")) + TEAM, "red");
            case 9 -> {
                selector.removeAll();
                more.put(pick(List.of("reserved:host", "reserved:remote-node", "reserved:world")), "");
            }
            case 10 -> {
                selector.removeAll();
                more.put("reserved:kube-apiserver", "");
            }
            case 11, 12 -> {
                List<String> keys = List.of(NAMESPACE, "k8s:" + NAMESPACE, TEAM, "k8s:" + TEAM);
                ObjectNode expression =
                        selector.withArray("/matchExpressions").addObject().put("key", pick(keys));
                String operator = pick(List.of("In", "NotIn", "NotIn", "Exists", "DoesNotExist"));
                expression.put("operator", operator);
                if (operator.endsWith("In")) {
                    expression.putArray("values").add(pick(chance(2) ? NAMESPACES : List.of("red", "blue")));
                }
            }
            default -> {}
        }
        if (!more.isEmpty()) {
            selector.withObject("/matchLabels").setAll(more);
        }
        return selector;
    }
}
