package dev.weir.policy.random;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Draws a small cluster, its policies of Kubernetes, and connections, as objects of the API. */
class RandomObjects {
    static final List<String> NAMESPACES = List.of("n1", "n2", "n3");
    static final List<String> PORT_NAMES = List.of("http", "metrics", "dns");
    static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");
    static final List<Integer> PORTS = List.of(22, 53, 80, 443, 6443, 8080, 8081, 9090);
    static final List<String> OUTSIDE = List.of(
            "203.0.113.10", "203.0.113.200", "198.51.100.5", "192.0.2.9", "172.16.5.4", "2001:db8::5", "2001:db8::99");
    static final List<String> BLOCKS = List.of(
            "0.0.0.0/0",
            "203.0.113.0/24",
            "203.0.113.0/25",
            "198.51.100.0/24",
            "192.0.2.9/32",
            "172.16.0.0/12",
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.1.0/24",
            "10.0.0.11/32",
            "2001:db8::/64",
            "2001:db8::5/128",
            "::/0");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Map<String, List<String>> LABELS = Map.of(
            "app", List.of("web", "api", "db"),
            "tier", List.of("front", "back"),
            "env", List.of("prod", "dev"));

    final List<ObjectNode> objects = new ArrayList<>();
    final List<ObjectNode> policies = new ArrayList<>();
    private final Random random;
    private final List<PlainEnd> pods = new ArrayList<>();
    private final List<PlainEnd> nodes = new ArrayList<>();

    RandomObjects(long seed) {
        this.random = new Random(seed);
        cluster();
    }

    /** All objects, the policies last. */
    final List<ObjectNode> all() {
        List<ObjectNode> all = new ArrayList<>(objects);
        all.addAll(policies);
        return all;
    }

    final PlainPacket connection() {
        PlainEnd from = end();
        PlainEnd to = end();
        while (from.isIpv6() != to.isIpv6() || from.node() == null && to.node() == null) {
            from = end();
            to = end();
        }
        String protocol =
                switch (next(10)) {
                    case 0 -> from.isIpv6() ? "ICMPV6" : "ICMP";
                    case 1 -> "47";
                    case 2 -> "SCTP";
                    case 3, 4 -> "UDP";
                    default -> "TCP";
                };
        boolean hasPort = PROTOCOLS.contains(protocol) && !chance(10);
        Integer port = hasPort ? pick(PORTS) : null;
        return new PlainPacket(from, to, protocol, port, known(to, protocol, port));
    }

    /** Draws the part of the request and the name of the destination that the record holds. */
    private Map<String, String> known(PlainEnd to, String protocol, @Nullable Integer port) {
        Map<String, String> known = new TreeMap<>();
        List<String> names = List.of("example.com", "a.example.com", "b.a.example.com", "other.test");
        if (to.node() == null && chance(3)) {
            known.put("name", pick(names));
        }
        if (protocol.equals("TCP") && chance(4)) {
            known.put("method", pick(List.of("GET", "POST", "PUT")));
            if (!chance(3)) {
                known.put("path", pick(List.of("/a", "/a/b", "/c")));
            }
        } else if (port != null && port == 53 && chance(2)) {
            known.put("query", pick(names));
        }
        return known;
    }

    private PlainEnd end() {
        return switch (next(8)) {
            case 0 -> pick(nodes);
            case 1, 2 -> new PlainEnd(pick(OUTSIDE), null, null);
            default -> pick(pods);
        };
    }

    private void cluster() {
        for (String name : NAMESPACES) {
            ObjectNode namespace = object("v1", "Namespace", null, name);
            labels(namespace).put("kubernetes.io/metadata.name", name).put("team", pick(List.of("red", "blue")));
            if (!chance(3)) {
                labels(namespace).put("env", pick(List.of("prod", "dev")));
            }
            objects.add(namespace);
            for (String account : List.of("reader", "writer", "default")) {
                ObjectNode object = object("v1", "ServiceAccount", name, account);
                if (!chance(3)) {
                    labels(object).put("role", pick(List.of("r", "w")));
                }
                objects.add(object);
            }
        }
        for (int i = 1; i <= 2; i++) {
            ObjectNode node = object("v1", "Node", null, "node-" + i);
            labels(node).put("kubernetes.io/hostname", "node-" + i).put("zone", pick(List.of("a", "b")));
            node.putObject("status")
                    .putArray("addresses")
                    .addObject()
                    .put("type", "InternalIP")
                    .put("address", "10.0.0.1" + i);
            objects.add(node);
            nodes.add(new PlainEnd("10.0.0.1" + i, null, node));
        }
        for (int i = 6 + next(5); i > 0; i--) {
            pod(i);
        }
        for (int i = 1 + next(3); i > 0; i--) {
            service("s" + i, pick(NAMESPACES));
        }
    }

    private void pod(int number) {
        ObjectNode pod = object("v1", "Pod", pick(NAMESPACES), "p" + number);
        randomLabels(labels(pod), 2);
        if (chance(3)) {
            labels(pod).put("pod-template-hash", "h1").put("app.kubernetes.io/name", pick(List.of("web", "api")));
        }
        PlainEnd node = pick(nodes);
        ObjectNode spec = pod.putObject("spec").put("nodeName", PlainDialect.name(node.node()));
        String account = pick(List.of("reader", "writer", ""));
        if (!account.isEmpty()) {
            spec.put("serviceAccountName", account);
        }
        boolean isHost = chance(8);
        if (isHost) {
            spec.put("hostNetwork", true);
        }
        ArrayNode ports = spec.putArray("containers")
                .addObject()
                .put("name", "c")
                .put("image", "i")
                .putArray("ports");
        for (String name : PORT_NAMES) {
            if (!chance(3)) {
                ports.addObject()
                        .put("name", name)
                        .put("containerPort", name.equals("dns") ? 53 : chance(2) ? 8080 : 9090)
                        .put("protocol", name.equals("dns") ? "UDP" : chance(6) ? "SCTP" : "TCP");
            }
        }
        String ip = isHost
                ? node.ip()
                : chance(8) ? "2001:db8:1::" + number : "10.1." + (1 + next(2)) + "." + (10 + number);
        ObjectNode status = pod.putObject("status").put("phase", "Running").put("podIP", ip);
        status.putArray("podIPs").addObject().put("ip", ip);
        objects.add(pod);
        pods.add(new PlainEnd(ip, pod, node.node()));
    }

    /** Adds a Service of pods, or one of addresses without a selector. */
    private void service(String name, String namespace) {
        ObjectNode service = object("v1", "Service", namespace, name);
        labels(service).put("svc", pick(List.of("in", "out")));
        ObjectNode spec = service.putObject("spec");
        int target = pick(PORTS);
        spec.putArray("ports").addObject().put("port", 1000).put("targetPort", target);
        List<String> ips = new ArrayList<>();
        if (chance(2)) {
            ObjectNode selector = randomLabels(spec.putObject("selector"), 1);
            for (PlainEnd pod : pods) {
                if (pod.namespace().equals(namespace)
                        && PlainEvaluator.selects(
                                JSON.objectNode().set("matchLabels", selector), PlainDialect.labels(pod.pod()))) {
                    ips.add(pod.ip());
                }
            }
        } else {
            ips.add(pick(OUTSIDE));
            ips.add(pick(pods).ip());
            ips.add(pick(nodes).ip());
        }
        ips.removeIf(ip -> ip.contains(":"));
        objects.add(service);
        ObjectNode slice = object("discovery.k8s.io/v1", "EndpointSlice", namespace, name + "-x");
        labels(slice).put("kubernetes.io/service-name", name);
        slice.put("addressType", "IPv4");
        ArrayNode endpoints = slice.putArray("endpoints");
        String protocol = chance(4) ? "UDP" : "TCP";
        slice.putArray("ports").addObject().put("port", target).put("protocol", protocol);
        ObjectNode old = object("v1", "Endpoints", namespace, name);
        ObjectNode subset = old.putArray("subsets").addObject();
        ArrayNode addresses = subset.putArray("addresses");
        subset.putArray("ports").addObject().put("port", target).put("protocol", protocol);
        for (String ip : ips.stream().distinct().toList()) {
            endpoints.addObject().putArray("addresses").add(ip);
            addresses.addObject().put("ip", ip);
        }
        objects.add(slice);
        objects.add(old);
    }

    /** Adds a policy unless there is one of its kind, namespace and name. */
    final void add(ObjectNode policy) {
        for (ObjectNode other : policies) {
            if (other.path("kind").equals(policy.path("kind"))
                    && other.path("apiVersion").equals(policy.path("apiVersion"))
                    && other.path("metadata").equals(policy.path("metadata"))) {
                return;
            }
        }
        policies.add(policy);
    }

    final ObjectNode kubernetesPolicy(String name) {
        ObjectNode policy = object("networking.k8s.io/v1", "NetworkPolicy", pick(NAMESPACES), name);
        ObjectNode spec = policy.putObject("spec");
        spec.set("podSelector", labelSelector());
        switch (next(4)) {
            case 0 -> spec.putArray("policyTypes").add("Ingress").add("Egress");
            case 1 -> spec.putArray("policyTypes").add("Egress");
            case 2 -> spec.putArray("policyTypes").add("Ingress");
            default -> {}
        }
        for (String direction : List.of("ingress", "egress")) {
            ArrayNode rules = spec.putArray(direction);
            for (int i = next(3); i > 0; i--) {
                kubernetesRule(rules.addObject(), direction.equals("ingress") ? "from" : "to");
            }
        }
        return policy;
    }

    private void kubernetesRule(ObjectNode rule, String field) {
        for (int i = next(3); i > 0; i--) {
            ObjectNode peer = rule.withArray("/" + field).addObject();
            int shape = next(4);
            if (shape == 0) {
                peer.putObject("ipBlock")
                        .put("cidr", "203.0.113.0/24")
                        .putArray("except")
                        .add("203.0.113.0/26");
            } else if (shape == 1) {
                peer.putObject("ipBlock").put("cidr", pick(BLOCKS));
            }
            if (shape == 2 || shape == 3) {
                peer.set("podSelector", labelSelector());
            }
            if (shape == 3) {
                peer.putObject("namespaceSelector").putObject("matchLabels").put("team", "red");
            }
        }
        for (int i = next(3); i > 0; i--) {
            ObjectNode port = rule.withArray("/ports").addObject().put("protocol", pick(PROTOCOLS));
            switch (next(4)) {
                case 0 -> port.put("port", pick(PORT_NAMES));
                case 1 -> port.put("port", 80).put("endPort", 8080);
                case 2 -> port.put("port", pick(PORTS));
                default -> {}
            }
        }
    }

    /** Draws a selector as in Kubernetes. */
    final ObjectNode labelSelector() {
        ObjectNode selector = JSON.objectNode();
        int shape = next(5);
        if (shape < 2) {
            randomLabels(selector.putObject("matchLabels"), 3);
        } else if (shape == 2) {
            expression(selector);
        }
        return selector;
    }

    final void expression(ObjectNode selector) {
        String key = pick(List.copyOf(LABELS.keySet().stream().sorted().toList()));
        ObjectNode expression =
                selector.withArray("/matchExpressions").addObject().put("key", key);
        String operator = pick(List.of("In", "NotIn", "Exists", "DoesNotExist"));
        expression.put("operator", operator);
        if (operator.endsWith("In")) {
            expression.putArray("values").add(pick(LABELS.get(key)));
        }
    }

    /** Adds each label with a probability of one in so many. */
    final ObjectNode randomLabels(ObjectNode labels, int oneIn) {
        for (String key : List.of("app", "tier", "env")) {
            if (chance(oneIn)) {
                labels.put(key, pick(LABELS.get(key)));
            }
        }
        return labels;
    }

    final List<PlainEnd> nodes() {
        return nodes;
    }

    static ObjectNode object(String version, String kind, @Nullable String namespace, String name) {
        ObjectNode object = JSON.objectNode().put("apiVersion", version).put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        if (namespace != null) {
            metadata.put("namespace", namespace);
        }
        return object;
    }

    static ObjectNode labels(ObjectNode object) {
        return object.withObject("/metadata/labels");
    }

    /** True once in so many times. */
    final boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    final int next(int bound) {
        return random.nextInt(bound);
    }

    final <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
