package dev.weir.policy.random;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Gives the pods of a random cluster proxies of Istio, and draws the policies that these enforce. */
final class RandomIstio {
    private static final String VERSION = "security.istio.io/v1";
    private static final List<String> SCOPES = List.of("n1", "n2", "n3", "istio-system");
    private static final List<Integer> PORTS = List.of(80, 443, 3306, 8080, 9090, 15_021);
    private static final List<String> BLOCKS = List.of("10.1.0.0/16", "10.1.1.0/24", "203.0.113.9/24", "2001:db8::/32");
    private static final List<String> MODES = List.of("STRICT", "STRICT", "PERMISSIVE", "DISABLE", "UNSET");

    private static final Map<String, List<String>> SOURCES = Map.of(
            "principals",
                    List.of("cluster.local/ns/n1/sa/reader", "cluster.local/ns/n2/*", "*/sa/default", "*", "cluster*"),
            "namespaces", List.of("n1", "n2", "n*", "*2", "*", "n*3", "elsewhere"),
            "serviceAccounts", List.of("reader", "n2/default", "writer", "n1/reader"),
            "trustDomains", List.of("cluster.local", "cluster*", "*.domain", "*"),
            "ipBlocks", List.of("10.1.0.0/16", "10.1.1.0/24", "203.0.113.10", "0.0.0.0/0", "2001:db8::/32"),
            "remoteIpBlocks", List.of("203.0.113.0/24", "10.1.0.0/16", "198.51.100.5"),
            "requestPrincipals", List.of("iss-a/alice", "iss-a/*", "*", "*/bob", "*/*", "iss*/alice", "iss-a/al*"));

    private static final Map<String, List<String>> OPERATIONS = Map.of(
            "hosts", List.of("a.test", "*.test", "A.test:8080", "a*", "*"),
            "ports", List.of("80", "443", "3306", "8080"),
            "methods", List.of("GET", "POST", "*", "P*", "*T"),
            "paths", List.of("/a", "/a*", "*b", "/a/{*}", "/{**}/b", "/a/b", "*"));

    private static final Map<String, List<String>> CONDITIONS = Map.ofEntries(
            Map.entry("source.ip", List.of("10.1.1.0/24", "203.0.113.0/24")),
            Map.entry("remote.ip", List.of("203.0.113.0/24", "10.1.0.0/16")),
            Map.entry("source.namespace", List.of("n1", "n*", "*3")),
            Map.entry("source.principal", List.of("cluster.local/ns/n3/sa/default", "*", "*/sa/reader")),
            Map.entry("source.serviceAccount", List.of("reader", "n3/default")),
            Map.entry("source.trustDomain", List.of("cluster.local")),
            Map.entry("request.auth.principal", List.of("iss-a/alice", "*/bob")),
            Map.entry("request.auth.audiences", List.of("web", "api", "a*")),
            Map.entry("request.auth.presenter", List.of("web")),
            Map.entry("request.auth.claims[groups]", List.of("admin", "dev*")),
            Map.entry("request.auth.claims[realm][roles]", List.of("admin", "*")),
            Map.entry("request.headers[X-Team]", List.of("red", "*", "b*")),
            Map.entry("destination.ip", List.of("10.1.1.0/24", "10.1.2.0/24")),
            Map.entry("destination.port", List.of("80", "8080")),
            Map.entry("connection.sni", List.of("a.test", "*.test")),
            Map.entry("experimental.envoy.filters.network.x[y]", List.of("z")));

    private static final Set<String> NOT_OF_CUSTOM = Set.of(
            "principals",
            "namespaces",
            "serviceAccounts",
            "requestPrincipals",
            "source.namespace",
            "source.principal",
            "source.serviceAccount",
            "request.auth.principal",
            "request.auth.audiences",
            "request.auth.presenter",
            "request.auth.claims[groups]",
            "request.auth.claims[realm][roles]");

    private final RandomObjects world;

    RandomIstio(RandomObjects world) {
        this.world = world;
        world.objects.add(RandomObjects.object("v1", "Namespace", null, "istio-system"));
        for (ObjectNode object : world.objects) {
            switch (object.path("kind").asText()) {
                case "Pod" -> pod(object);
                case "Service" -> service(object);
                default -> {}
            }
        }
        for (int i = world.next(5); i > 0; i--) {
            add(peerAuthentication("a" + world.next(3)));
        }
        for (int i = world.next(3); i > 0; i--) {
            ObjectNode object = attached("RequestAuthentication", "t" + i);
            object.withArray("/spec/jwtRules").addObject().put("issuer", "iss-a");
            add(object);
        }
        for (int i = 3 + world.next(8); i > 0; i--) {
            add(authorization("p" + world.next(8)));
        }
    }

    /** Adds an object unless there is one of its kind, namespace and name. */
    private void add(ObjectNode object) {
        for (ObjectNode other : world.policies) {
            if (other.path("kind").equals(object.path("kind"))
                    && PlainDialect.name(other).equals(PlainDialect.name(object))
                    && other.at("/metadata/namespace").equals(object.at("/metadata/namespace"))) {
                return;
            }
        }
        world.policies.add(object);
    }

    /** A random cluster without policies of the network. */
    static RandomObjects alone(long seed) {
        return new RandomObjects(seed);
    }

    private void pod(ObjectNode pod) {
        if (pod.path("spec").path("hostNetwork").asBoolean()) {
            return;
        }
        switch (world.next(8)) {
            case 0 -> {}
            case 1, 2, 3 -> {
                pod.withArray(world.chance(2) ? "/spec/initContainers" : "/spec/containers")
                        .addObject()
                        .put("name", "istio-proxy")
                        .put("image", "i");
                if (world.chance(3)) {
                    pod.withObject("/metadata/annotations")
                            .put("traffic.sidecar.istio.io/excludeInboundPorts", world.pick(List.of("9090", "22, 80")));
                }
            }
            case 4, 5 -> pod.withObject("/metadata/annotations").put("ambient.istio.io/redirection", "enabled");
            default -> {
                ObjectNode proxy = pod.withArray("/spec/containers").addObject();
                proxy.put("name", "istio-proxy")
                        .put("image", "i")
                        .putArray("args")
                        .add("proxy")
                        .add("waypoint");
                RandomObjects.labels(pod)
                        .put("gateway.networking.k8s.io/gateway-name", world.pick(List.of("wp", "wq")));
            }
        }
    }

    private void service(ObjectNode service) {
        List<String> names =
                List.of("http-web", "http", "HTTP2", "grpc-web-x", "tcp-db", "https", "mysql", "web", "dns");
        ArrayNode ports = service.withObject("/spec").putArray("ports");
        for (int i = 1 + world.next(3); i > 0; i--) {
            ObjectNode port = ports.addObject().put("name", world.pick(names) + "-" + i);
            if (world.chance(4)) {
                port.put("appProtocol", world.pick(List.of("http", "tcp", "grpc", "other", "http-x")));
            }
            port.put("port", (int) world.pick(PORTS));
            switch (world.next(4)) {
                case 0 -> port.put("targetPort", world.pick(RandomObjects.PORT_NAMES));
                case 1 -> {}
                default -> port.put("targetPort", (int) world.pick(PORTS));
            }
            if (world.chance(6)) {
                port.put("protocol", "UDP");
            }
        }
    }

    /** Draws an object that is attached by labels or by references. */
    private ObjectNode attached(String kind, String name) {
        ObjectNode object = RandomObjects.object(VERSION, kind, world.pick(SCOPES), name);
        ObjectNode spec = object.putObject("spec");
        boolean isRoot = object.path("metadata").path("namespace").asText().equals("istio-system");
        switch (world.next(7)) {
            case 0, 1 -> world.randomLabels(spec.withObject("/selector/matchLabels"), 5);
            case 2 -> reference(spec, "", "Service", world.pick(List.of("s1", "s2", "s3")));
            case 3 -> {
                if (isRoot) {
                    reference(spec, "gateway.networking.k8s.io", "GatewayClass", "istio-waypoint");
                } else {
                    reference(spec, "gateway.networking.k8s.io", "Gateway", world.pick(List.of("wp", "wq")));
                }
            }
            default -> {}
        }
        return object;
    }

    private static void reference(ObjectNode spec, String group, String kind, String name) {
        spec.withArray("/targetRefs")
                .addObject()
                .put("group", group)
                .put("kind", kind)
                .put("name", name);
    }

    private ObjectNode peerAuthentication(String name) {
        ObjectNode object = RandomObjects.object(VERSION, "PeerAuthentication", world.pick(SCOPES), name);
        object.withObject("/metadata").put("creationTimestamp", "2026-01-0" + (1 + world.next(5)) + "T00:00:00Z");
        ObjectNode spec = object.putObject("spec");
        if (!world.chance(4)) {
            spec.putObject("mtls").put("mode", world.pick(MODES));
        }
        if (world.chance(2)) {
            world.randomLabels(spec.withObject("/selector/matchLabels"), 2);
            if (!spec.path("selector").path("matchLabels").isEmpty() && world.chance(2)) {
                ObjectNode ports = spec.putObject("portLevelMtls");
                for (int i = 1 + world.next(2); i > 0; i--) {
                    ports.putObject(String.valueOf(world.pick(PORTS))).put("mode", world.pick(MODES));
                }
            }
        }
        return object;
    }

    private ObjectNode authorization(String name) {
        ObjectNode policy = attached("AuthorizationPolicy", name);
        ObjectNode spec = policy.withObject("/spec");
        String action = world.pick(List.of("", "ALLOW", "ALLOW", "ALLOW", "DENY", "DENY", "DENY", "CUSTOM", "AUDIT"));
        if (!action.isEmpty()) {
            spec.put("action", action);
        }
        boolean isCustom = action.equals("CUSTOM");
        if (isCustom) {
            spec.putObject("provider").put("name", "external");
        } else if (!action.equals("AUDIT") && world.chance(12)) {
            policy.withObject("/metadata/annotations").put("istio.io/dry-run", "true");
        }
        boolean mayBeEmpty = action.isEmpty() || action.equals("ALLOW");
        for (int i = mayBeEmpty ? world.next(4) : 1 + world.next(2); i > 0; i--) {
            rule(spec.withArray("/rules").addObject(), isCustom);
        }
        return policy;
    }

    private void rule(ObjectNode rule, boolean isCustom) {
        for (int i = world.chance(2) ? 1 + world.next(2) : 0; i > 0; i--) {
            fields(rule.withArray("/from").addObject().putObject("source"), SOURCES, "ipBlocks", isCustom);
        }
        for (int i = world.chance(2) ? 1 + world.next(2) : 0; i > 0; i--) {
            fields(rule.withArray("/to").addObject().putObject("operation"), OPERATIONS, "ports", isCustom);
        }
        List<String> keys = CONDITIONS.keySet().stream().sorted().toList();
        for (int i = world.chance(3) ? 1 + world.next(2) : 0; i > 0; i--) {
            String key = world.pick(keys);
            while (isCustom && NOT_OF_CUSTOM.contains(key)) {
                key = world.pick(keys);
            }
            ObjectNode condition = rule.withArray("/when").addObject().put("key", key);
            List<String> values = CONDITIONS.getOrDefault(key, List.of());
            condition.putArray(world.chance(3) ? "notValues" : "values").add(world.pick(values));
            if (world.chance(4)) {
                condition.putArray("values").add(world.pick(values)).add(world.pick(values));
            }
        }
    }

    private void fields(ObjectNode entry, Map<String, List<String>> fields, String otherwise, boolean isCustom) {
        List<String> names = fields.keySet().stream().sorted().toList();
        for (int i = 1 + world.next(2); i > 0; i--) {
            String name = world.pick(names);
            boolean isTaken = name.equals("serviceAccounts")
                    ? !entry.isEmpty()
                    : entry.has("serviceAccounts") || entry.has("notServiceAccounts");
            if (isTaken || isCustom && NOT_OF_CUSTOM.contains(name)) {
                name = otherwise;
            }
            boolean not = world.chance(4);
            String field = not ? "not" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) : name;
            ArrayNode values = entry.putArray(field);
            for (int j = 1 + world.next(2); j > 0; j--) {
                values.add(world.pick(fields.getOrDefault(name, BLOCKS)));
            }
        }
    }

    /** Draws a connection, mostly to a pod of the mesh, and the part of it that the record holds. */
    PlainPacket connection() {
        PlainPacket drawn = world.connection();
        while (!world.chance(20) && PlainIstio.proxy(drawn.destination()).isEmpty()) {
            drawn = world.connection();
        }
        if (world.chance(15)) {
            return drawn;
        }
        boolean isPortOpen = drawn.hasPorts() && drawn.port() == null;
        boolean isOfNetwork = drawn.port() != null && world.chance(2);
        Integer port = isPortOpen ? null : isOfNetwork ? drawn.port() : (Integer) world.pick(PORTS);
        Map<String, String> known = known(drawn.destination());
        if (drawn.details().containsKey("name")) {
            known.put("name", drawn.detail("name"));
        }
        return new PlainPacket(drawn.source(), drawn.destination(), "TCP", port, known);
    }

    private Map<String, String> known(PlainEnd to) {
        Map<String, String> known = new HashMap<>();
        if (world.chance(5)) {
            known.put("mtls", world.pick(List.of("yes", "no")));
        }
        if (!"no".equals(known.get("mtls")) && world.chance(6)) {
            known.put(
                    "principal", world.pick(List.of("cluster.local/ns/n1/sa/reader", "other.domain/ns/n2/sa/default")));
        }
        if (PlainIstio.proxy(to).equals("waypoint") && !world.chance(8)) {
            known.put("service", world.pick(RandomObjects.NAMESPACES) + "/" + world.pick(List.of("s1", "s2", "s3")));
        }
        boolean isHttp = world.chance(2);
        if (isHttp) {
            request(known);
        } else if (world.chance(6)) {
            known.put("method", world.pick(List.of("GET", "POST")));
            known.put("path", "/a/b");
        } else if (world.chance(3)) {
            known.put("sni", world.pick(List.of("a.test", "b.test", "other")));
        }
        return known;
    }

    private void request(Map<String, String> known) {
        known.put("http", "yes");
        put(known, "method", List.of("GET", "POST", "PUT", "get"));
        put(known, "path", List.of("/a", "/a/b?x=/c", "/a/./b", "/c/../a", "/x/y/b", "/a\\b", "/", "/a/", "/a/..#f"));
        put(known, "host", List.of("a.test", "A.TEST:8080", "b.test", "c"));
        put(known, "clientIp", List.of("203.0.113.7", "10.1.1.3", "198.51.100.5"));
        put(known, "header:x-team", List.of("red", "blue", PlainMeshView.NONE));
        put(
                known,
                "jwt",
                List.of(
                        PlainMeshView.NONE,
                        "{\"iss\":\"iss-a\",\"sub\":\"alice\",\"aud\":\"web\",\"azp\":\"web\"}",
                        "{\"iss\":\"iss-a\",\"sub\":\"bob\",\"aud\":[\"api\",\"b\"],\"groups\":[\"admin\",\"ops\"]}",
                        "{\"iss\":\"iss-b\",\"sub\":\"*\",\"groups\":\"dev-1\",\"realm\":{\"roles\":[\"admin\"]}}",
                        "{\"iss\":\"iss-a\"}"));
    }

    private void put(Map<String, String> known, String property, List<String> values) {
        if (!world.chance(4)) {
            known.put(property, world.pick(values));
        }
    }
}
