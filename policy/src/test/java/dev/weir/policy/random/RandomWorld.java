package dev.weir.policy.random;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.policy.Peer;
import dev.weir.policy.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Draws policies of every kind, pods, nodes and connections from a small universe in which much collides. */
final class RandomWorld {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> NAMESPACES = List.of("n1", "n2", "n3");
    private static final List<String> KEYS = List.of("a", "b", "c");
    private static final List<String> VALUES = List.of("x", "y");
    private static final List<String> CIDRS = List.of(
            "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/30", "192.0.2.0/24", "fd00::/8", "::/0", "10.2.3.4/31");
    private static final List<String> DOMAINS = List.of("example.com", "*.example.com", "*.test.org");
    private static final List<Integer> PORTS = List.of(79, 80, 81, 443, 8080);
    private static final List<String> PORT_NAMES = List.of("web", "dns");
    private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");

    private final Random random;
    private final List<Map<String, String>> namespaceLabels = new ArrayList<>();

    RandomWorld(long seed) {
        this.random = new Random(seed);
        for (String namespace : NAMESPACES) {
            Map<String, String> labels = labels();
            labels.put("kubernetes.io/metadata.name", namespace);
            namespaceLabels.add(labels);
        }
    }

    List<Peer> pods() {
        List<Peer> pods = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int namespace = random.nextInt(NAMESPACES.size());
            boolean host = random.nextInt(8) == 0;
            Peer.Pod pod = new Peer.Pod(
                    NAMESPACES.get(namespace),
                    "p" + i,
                    namespaceLabels.get(namespace),
                    labels(),
                    List.of(
                            new NamedPort("web", "TCP", pick(PORTS)),
                            new NamedPort("dns", random.nextBoolean() ? "UDP" : "TCP", pick(PORTS))),
                    host);
            String ip = random.nextInt(4) == 0 ? "fd00::" + (i + 1) : "10." + random.nextInt(3) + ".1." + i;
            pods.add(host ? Peer.onHost(ip, pod, new Peer.Node("node" + i, labels())) : Peer.pod(ip, pod));
        }
        return pods;
    }

    List<ObjectNode> policies() {
        List<ObjectNode> policies = new ArrayList<>();
        int count = 2 + random.nextInt(9);
        for (int i = 0; i < count; i++) {
            policies.add(
                    switch (random.nextInt(6)) {
                        case 0, 1, 2 -> networkPolicy("np" + i);
                        case 3 -> adminPolicy("anp" + i, i);
                        case 4 -> clusterPolicy("cnp" + i, i);
                        default -> baseline(i);
                    });
        }
        return policies;
    }

    Traffic traffic(List<Peer> pods) {
        String protocol = random.nextInt(12) == 0 ? "ICMP" : pick(PROTOCOLS);
        boolean hasPort = !protocol.equals("ICMP") && random.nextInt(20) != 0;
        return new Traffic(end(pods), end(pods), protocol, hasPort ? pick(PORTS) : null);
    }

    int next(int bound) {
        return random.nextInt(bound);
    }

    private Peer end(List<Peer> pods) {
        return switch (random.nextInt(8)) {
            case 0 -> Peer.address("192.0.2." + random.nextInt(4));
            case 1 ->
                Peer.address(
                        "10.1.1." + random.nextInt(8),
                        List.of(pick(List.of("example.com", "a.example.com", "b.test.org"))));
            case 2 -> Peer.node("10.2.3." + (4 + random.nextInt(3)), new Peer.Node("n", labels()));
            default -> pick(pods);
        };
    }

    private ObjectNode networkPolicy(String name) {
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", "networking.k8s.io/v1").put("kind", "NetworkPolicy");
        policy.putObject("metadata").put("name", name).put("namespace", pick(NAMESPACES));
        ObjectNode spec = policy.putObject("spec");
        if (random.nextInt(6) != 0) {
            spec.set("podSelector", selector());
        }
        switch (random.nextInt(4)) {
            case 0 -> spec.putArray("policyTypes").add("Ingress").add("Egress");
            case 1 -> spec.putArray("policyTypes").add("Egress");
            case 2 -> spec.putArray("policyTypes").add("Ingress");
            default -> spec.remove("policyTypes");
        }
        for (String direction : List.of("ingress", "egress")) {
            if (random.nextInt(3) == 0) {
                continue;
            }
            ArrayNode rules = spec.putArray(direction);
            for (int i = random.nextInt(3); i > 0; i--) {
                networkRule(rules.addObject(), direction.equals("ingress") ? "from" : "to");
            }
        }
        return policy;
    }

    private void networkRule(ObjectNode rule, String field) {
        if (random.nextInt(4) != 0) {
            ArrayNode peers = rule.putArray(field);
            for (int i = random.nextInt(3); i > 0; i--) {
                ObjectNode peer = peers.addObject();
                switch (random.nextInt(4)) {
                    case 0 -> peer.set("podSelector", selector());
                    case 1 -> peer.set("namespaceSelector", selector());
                    case 2 -> {
                        peer.set("podSelector", selector());
                        peer.set("namespaceSelector", selector());
                    }
                    default -> {
                        ObjectNode block = peer.putObject("ipBlock").put("cidr", pick(CIDRS));
                        if (block.path("cidr").asText().equals("10.0.0.0/8")) {
                            block.putArray("except").add("10.1.0.0/16");
                        }
                    }
                }
            }
        }
        if (random.nextInt(3) != 0) {
            ArrayNode ports = rule.putArray("ports");
            for (int i = random.nextInt(3); i > 0; i--) {
                ObjectNode port = ports.addObject();
                if (random.nextInt(3) != 0) {
                    port.put("protocol", pick(PROTOCOLS));
                }
                switch (random.nextInt(4)) {
                    case 0 -> port.put("port", pick(PORT_NAMES));
                    case 1 -> port.put("port", 79).put("endPort", pick(PORTS));
                    case 2 -> port.put("port", pick(PORTS));
                    default -> port.remove("port");
                }
            }
        }
    }

    private ObjectNode adminPolicy(String name, int priority) {
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", "policy.networking.k8s.io/v1alpha1").put("kind", "AdminNetworkPolicy");
        policy.putObject("metadata").put("name", name);
        ObjectNode spec = policy.putObject("spec").put("priority", 20 - priority);
        subject(spec);
        rules(spec, List.of("Allow", "Deny", "Pass"), "ports", true);
        return policy;
    }

    private ObjectNode baseline(int index) {
        ObjectNode policy = JSON.objectNode();
        if (random.nextBoolean()) {
            return clusterPolicy("base" + index, index);
        }
        policy.put("apiVersion", "policy.networking.k8s.io/v1alpha1").put("kind", "BaselineAdminNetworkPolicy");
        policy.putObject("metadata").put("name", "default");
        ObjectNode spec = policy.putObject("spec");
        subject(spec);
        rules(spec, List.of("Allow", "Deny"), "ports", false);
        return policy;
    }

    private ObjectNode clusterPolicy(String name, int priority) {
        ObjectNode policy = JSON.objectNode();
        policy.put("apiVersion", "policy.networking.k8s.io/v1alpha2").put("kind", "ClusterNetworkPolicy");
        policy.putObject("metadata").put("name", name);
        ObjectNode spec = policy.putObject("spec").put("priority", 500 + priority);
        spec.put("tier", random.nextBoolean() ? "Admin" : "Baseline");
        subject(spec);
        rules(spec, List.of("Accept", "Deny", "Pass"), "protocols", true);
        return policy;
    }

    private void subject(ObjectNode spec) {
        if (random.nextBoolean()) {
            spec.putObject("subject").set("namespaces", selector());
        } else {
            spec.putObject("subject").set("pods", pods(selector(), selector()));
        }
    }

    private void rules(ObjectNode spec, List<String> actions, String portsField, boolean domains) {
        for (String direction : List.of("ingress", "egress")) {
            ArrayNode rules = spec.putArray(direction);
            for (int i = random.nextInt(4); i > 0; i--) {
                ObjectNode rule = rules.addObject().put("name", "r" + i);
                String action = pick(actions);
                rule.put("action", action);
                boolean egress = direction.equals("egress");
                ArrayNode peers = rule.putArray(egress ? "to" : "from");
                boolean onlyPods = true;
                for (int j = 1 + random.nextInt(2); j > 0; j--) {
                    ObjectNode peer = peers.addObject();
                    int kind = random.nextInt(egress ? 5 : 2);
                    boolean allows = action.equals("Allow") || action.equals("Accept");
                    switch (kind) {
                        case 0 -> peer.set("namespaces", selector());
                        case 2 -> peer.set("nodes", selector());
                        case 3 -> peer.putArray("networks").add(pick(CIDRS));
                        case 4 -> {
                            if (domains && allows) {
                                peer.putArray("domainNames").add(pick(DOMAINS));
                            } else {
                                peer.putArray("networks").add(pick(CIDRS));
                            }
                        }
                        default -> peer.set("pods", pods(selector(), selector()));
                    }
                    onlyPods &= kind < 2;
                }
                if (random.nextInt(3) != 0) {
                    ObjectNode port = rule.putArray(portsField).addObject();
                    if (portsField.equals("ports")) {
                        v1alpha1(port);
                    } else {
                        v1alpha2(port, onlyPods);
                    }
                }
            }
        }
    }

    private void v1alpha1(ObjectNode port) {
        switch (random.nextInt(3)) {
            case 0 -> port.put("namedPort", pick(PORT_NAMES));
            case 1 ->
                port.putObject("portNumber").put("protocol", pick(PROTOCOLS)).put("port", pick(PORTS));
            default ->
                port.putObject("portRange")
                        .put("protocol", pick(PROTOCOLS))
                        .put("start", 79)
                        .put("end", pick(PORTS));
        }
    }

    private void v1alpha2(ObjectNode port, boolean onlyPods) {
        if (onlyPods && random.nextInt(3) == 0) {
            port.put("destinationNamedPort", pick(PORT_NAMES));
            return;
        }
        ObjectNode destination =
                port.putObject(pick(List.of("tcp", "udp", "sctp"))).putObject("destinationPort");
        if (random.nextBoolean()) {
            destination.put("number", pick(PORTS));
        } else {
            destination.putObject("range").put("start", 79).put("end", 80 + random.nextInt(400));
        }
    }

    private static ObjectNode pods(ObjectNode namespaces, ObjectNode pods) {
        ObjectNode both = JSON.objectNode();
        both.set("namespaceSelector", namespaces);
        both.set("podSelector", pods);
        return both;
    }

    private ObjectNode selector() {
        ObjectNode selector = JSON.objectNode();
        int shape = random.nextInt(7);
        if (shape == 0 || shape == 6) {
            return selector;
        }
        if (shape < 4) {
            selector.putObject("matchLabels").put(pick(KEYS), pick(VALUES));
        }
        if (shape == 5) {
            selector.putObject("matchLabels").put("kubernetes.io/metadata.name", pick(NAMESPACES));
        }
        if (shape > 2) {
            ObjectNode expression =
                    selector.putArray("matchExpressions").addObject().put("key", pick(KEYS));
            switch (random.nextInt(4)) {
                case 0 -> expression.put("operator", "Exists");
                case 1 -> expression.put("operator", "DoesNotExist");
                case 2 -> expression.put("operator", "In").putArray("values").add(pick(VALUES));
                default ->
                    expression.put("operator", "NotIn").putArray("values").add(pick(VALUES));
            }
        }
        return selector;
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>();
        for (String key : KEYS) {
            if (random.nextBoolean()) {
                labels.put(key, pick(VALUES));
            }
        }
        return labels;
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
