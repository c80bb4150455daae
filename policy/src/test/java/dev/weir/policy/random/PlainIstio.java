package dev.weir.policy.random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Expected;
import dev.weir.policy.random.PlainMeshRule.Term;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Istio's policies, as the brief {@code shared/data/policy/istio/RULES.md} describes them. */
final class PlainIstio {
    private static final String ROOT = "istio-system";
    private static final Set<Integer> OF_SIDECARS = Set.of(15_020, 15_021, 15_090);
    private static final Set<String> HTTP = Set.of("http", "http2", "grpc", "grpc-web");
    private static final Set<String> TCP = Set.of("tcp", "tls", "https", "mongo", "mysql", "redis");
    /** Ports of Services that Istio takes for TCP without a name (pkg/config/kube/conversion.go). */
    private static final Set<Integer> NEVER_DETECTED = Set.of(25, 53, 3306, 27_017);

    private final List<ObjectNode> objects;
    private final List<ObjectNode> peers;
    private final Map<ObjectNode, List<PlainMeshRule>> rules = new IdentityHashMap<>();
    private final Map<PlainPacket, List<ObjectNode>> attached = new IdentityHashMap<>();

    PlainIstio(List<ObjectNode> objects) {
        this.objects = objects;
        this.peers = objects.stream()
                .filter(object -> object.path("kind").asText().equals("PeerAuthentication"))
                .sorted(Comparator.comparing(PlainIstio::created).thenComparing(PlainDialect::name))
                .toList();
    }

    /** Decides what the proxy of the destination does. */
    Expected decide(PlainPacket record) {
        Set<Boolean> outcomes = PlainChoices.outcomes(record, choices -> allows(record, choices));
        return outcomes.size() > 1 ? Expected.UNKNOWN : outcomes.contains(true) ? Expected.ALLOW : Expected.DENY;
    }

    /** The number of properties and terms that are not decided for the record. */
    int undecided(PlainPacket record) {
        if (isFree(record)) {
            return 0;
        }
        List<Predicate<PlainChoices>> tests = new ArrayList<>();
        tests.add(choices -> port(record, choices) > 8_000);
        tests.add(choices -> mtls(record, choices, port(record, choices)));
        tests.add(choices -> isHttp(record, choices, port(record, choices)));
        terms(policies(record))
                .forEach(term -> tests.add(choices -> view(record, choices).holds(term)));
        return (int) tests.stream()
                .filter(test -> PlainChoices.outcomes(record, test).size() > 1)
                .count();
    }

    /** Tests whether the connection carries mTLS of the mesh: one answer, or both. */
    Set<Boolean> mtls(PlainPacket record) {
        return PlainChoices.outcomes(record, choices -> mtls(record, choices, port(record, choices)));
    }

    /** True if several Services lead to the port and differ in what they say of it. */
    boolean isAmbiguous(PlainPacket record) {
        return record.destination().pod() != null
                && record.port() != null
                && declared(record, record.port()).size() > 1;
    }

    private boolean isFree(PlainPacket record) {
        boolean isItself = record.source().pod() != null
                && record.source().pod().equals(record.destination().pod());
        return isItself
                || !record.protocol().equals("TCP")
                || proxy(record.destination()).isEmpty();
    }

    private boolean allows(PlainPacket record, PlainChoices choices) {
        if (isFree(record)) {
            return true;
        }
        JsonNode pod = record.destination().pod();
        String proxy = proxy(record.destination());
        int port = port(record, choices);
        if (proxy.equals("sidecar")
                && (OF_SIDECARS.contains(port) || excluded(pod).contains(port))) {
            return true;
        }
        if (mode(pod, port).equals("STRICT") && !mtls(record, choices, port)) {
            return false;
        }
        List<ObjectNode> policies = policies(record);
        PlainMeshView view = view(record, choices);
        if (isAnyMatching(policies, "DENY", view)) {
            return false;
        }
        boolean isClosed = policies.stream().anyMatch(policy -> action(policy).equals("ALLOW"));
        if (isClosed && !isAnyMatching(policies, "ALLOW", view)) {
            return false;
        }
        return view.isZtunnel() || !isAnyMatching(policies, "CUSTOM", view) || choices.isYes("authorizer");
    }

    private PlainMeshView view(PlainPacket record, PlainChoices choices) {
        int port = port(record, choices);
        boolean mtls = mtls(record, choices, port) && !isPlain(record, port);
        boolean isZtunnel = proxy(record.destination()).equals("ambient");
        return new PlainMeshView(
                record,
                choices,
                port,
                mtls ? identity(record) : PlainMeshView.NONE,
                mtls,
                isZtunnel,
                !isZtunnel && isHttp(record, choices, port),
                terms(policies(record)),
                takesTokens(record));
    }

    /** The ports between which something may distinguish. */
    private Set<String> ports() {
        Set<String> ports = new TreeSet<>(PlainDialect.borders(objects));
        OF_SIDECARS.forEach(port -> ports.add(String.valueOf(port)));
        objects.forEach(object -> excluded(object).forEach(port -> ports.add(String.valueOf(port))));
        for (ObjectNode object : objects) {
            for (JsonNode condition : object.path("spec").findParents("key")) {
                if (condition.path("key").asText().equals("destination.port")) {
                    ports.addAll(PlainMeshRule.texts(condition.path("values")));
                    ports.addAll(PlainMeshRule.texts(condition.path("notValues")));
                }
            }
        }
        return ports;
    }

    private int port(PlainPacket record, PlainChoices choices) {
        return record.port() == null ? Integer.parseInt(choices.of("port", this::ports)) : record.port();
    }

    private boolean isAnyMatching(List<ObjectNode> policies, String action, PlainMeshView view) {
        for (ObjectNode policy : policies) {
            for (PlainMeshRule rule : rules(policy)) {
                boolean isMatching = action(policy).equals(action)
                        && (view.isZtunnel()
                                ? rule.matchesAtZtunnel(view::holds)
                                : rule.matchesAtEnvoy(view.isHttp(), view::holds));
                if (isMatching) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<PlainMeshRule> rules(ObjectNode policy) {
        return rules.computeIfAbsent(policy, key -> {
            List<PlainMeshRule> its = new ArrayList<>();
            policy.path("spec").path("rules").forEach(rule -> its.add(rule(policy, rule)));
            return its;
        });
    }

    /** A rule with accounts in full, since an account without a namespace is of that of the policy. */
    private static PlainMeshRule rule(JsonNode policy, JsonNode rule) {
        JsonNode full = rule.deepCopy();
        for (String field : List.of("serviceAccounts", "notServiceAccounts")) {
            full.findParents(field).forEach(parent -> replace(policy, (ObjectNode) parent, field));
        }
        for (JsonNode condition : full.path("when")) {
            if (condition.path("key").asText().equals("source.serviceAccount")) {
                replace(policy, (ObjectNode) condition, "values");
                replace(policy, (ObjectNode) condition, "notValues");
            }
        }
        return PlainMeshRule.of(full, action(policy));
    }

    private static void replace(JsonNode policy, ObjectNode parent, String field) {
        List<String> accounts = PlainMeshRule.texts(parent.path(field));
        if (!accounts.isEmpty()) {
            parent.putArray(field);
            accounts.forEach(account -> parent.withArray("/" + field)
                    .add(account.contains("/") ? account : namespace(policy) + "/" + account));
        }
    }

    private static String namespace(JsonNode object) {
        return object.path("metadata").path("namespace").asText("");
    }

    private static String action(JsonNode policy) {
        return policy.path("spec").path("action").asText("ALLOW");
    }

    private List<Term> terms(List<ObjectNode> policies) {
        List<Term> terms = new ArrayList<>();
        for (ObjectNode policy : policies) {
            rules(policy).forEach(rule -> rule.terms().forEach(terms::add));
        }
        return terms;
    }

    /** The policies that decide something at the destination. */
    private List<ObjectNode> policies(PlainPacket record) {
        return attached.computeIfAbsent(record, this::attached);
    }

    private List<ObjectNode> attached(PlainPacket record) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals("AuthorizationPolicy"))
                .filter(policy -> !action(policy).equals("AUDIT"))
                .filter(policy -> !policy.path("metadata")
                        .path("annotations")
                        .path("istio.io/dry-run")
                        .asText()
                        .equals("true"))
                .filter(policy -> isAttached(policy, record))
                .toList();
    }

    private boolean takesTokens(PlainPacket record) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals("RequestAuthentication"))
                .filter(object -> !object.path("spec").path("jwtRules").isEmpty())
                .anyMatch(object -> isAttached(object, record));
    }

    private boolean isAttached(JsonNode policy, PlainPacket record) {
        PlainEnd end = record.destination();
        JsonNode references = policy.path("spec").path("targetRefs");
        if (!proxy(end).equals("waypoint")) {
            boolean isInScope =
                    namespace(policy).equals(ROOT) || namespace(policy).equals(end.namespace());
            return references.isEmpty() && isInScope && hasLabels(policy.path("spec"), end.pod());
        }
        for (JsonNode reference : references) {
            String name = reference.path("name").asText();
            boolean isMeant =
                    switch (reference.path("kind").asText()) {
                        case "Service" -> (namespace(policy) + "/" + name).equals(record.detail("service"));
                        case "Gateway" ->
                            namespace(policy).equals(end.namespace())
                                    && name.equals(PlainDialect.labels(end.pod())
                                            .get("gateway.networking.k8s.io/gateway-name"));
                        case "GatewayClass" -> namespace(policy).equals(ROOT) && name.equals("istio-waypoint");
                        default -> false;
                    };
            if (isMeant) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasLabels(JsonNode spec, JsonNode pod) {
        return PlainEvaluator.selects(spec.path("selector"), PlainDialect.labels(pod));
    }

    /** The sort of proxy; empty for none. */
    static String proxy(PlainEnd end) {
        if (end.pod() == null) {
            return "";
        }
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode container : end.pod().path("spec").path(list)) {
                if (container.path("name").asText().equals("istio-proxy")) {
                    return PlainDialect.isOneOf(container.path("args"), "waypoint") ? "waypoint" : "sidecar";
                }
            }
        }
        JsonNode annotations = end.pod().path("metadata").path("annotations");
        return annotations.path("ambient.istio.io/redirection").asText().equals("enabled") ? "ambient" : "";
    }

    private static Set<Integer> excluded(JsonNode pod) {
        Set<Integer> ports = new TreeSet<>();
        JsonNode annotations = pod.path("metadata").path("annotations");
        for (String port : annotations
                .path("traffic.sidecar.istio.io/excludeInboundPorts")
                .asText("")
                .split(",")) {
            if (!port.isBlank()) {
                ports.add(Integer.valueOf(port.strip()));
            }
        }
        return ports;
    }

    /** The mode of mTLS at a port: of the oldest object of each scope, the narrowest that says something. */
    private String mode(JsonNode pod, int port) {
        String mode = "PERMISSIVE";
        for (String scope : List.of("mesh", "namespace", "workload")) {
            JsonNode oldest = peers.stream()
                    .filter(object -> isInScope(object, scope, pod))
                    .findFirst()
                    .orElse(null);
            if (oldest != null) {
                mode = set(oldest.path("spec").path("mtls"), mode);
                mode = set(oldest.path("spec").path("portLevelMtls").path(String.valueOf(port)), mode);
            }
        }
        return mode;
    }

    private static boolean isInScope(JsonNode object, String scope, JsonNode pod) {
        JsonNode labels = object.path("spec").path("selector").path("matchLabels");
        boolean isRoot = namespace(object).equals(ROOT);
        boolean isOfNamespace = !isRoot && namespace(object).equals(namespace(pod));
        return switch (scope) {
            case "mesh" -> isRoot && labels.isEmpty();
            case "namespace" -> isOfNamespace && labels.isEmpty();
            default -> isOfNamespace && !labels.isEmpty() && hasLabels(object.path("spec"), pod);
        };
    }

    private static String created(JsonNode object) {
        return object.path("metadata").path("creationTimestamp").asText("");
    }

    private static String set(JsonNode mtls, String inherited) {
        String mode = mtls.path("mode").asText("UNSET");
        return mode.equals("UNSET") ? inherited : mode;
    }

    private boolean isPlain(PlainPacket record, int port) {
        return proxy(record.destination()).equals("sidecar")
                && mode(record.destination().pod(), port).equals("DISABLE");
    }

    private boolean mtls(PlainPacket record, PlainChoices choices, int port) {
        if (!record.detail("mtls").isEmpty()) {
            return record.detail("mtls").equals("yes");
        }
        if (!record.detail("principal").isEmpty()) {
            return true;
        }
        boolean isFromOutside =
                record.source().pod() != null && proxy(record.source()).isEmpty();
        if (isFromOutside || record.source().pod() == null && record.source().node() != null) {
            return false;
        }
        return !isPlain(record, port) && (record.source().pod() != null || choices.isYes("mtls"));
    }

    /** The identity that the source has with mTLS; empty if it is not known. */
    private static String identity(PlainPacket record) {
        PlainEnd source = record.source();
        return source.pod() == null || !record.detail("principal").isEmpty()
                ? record.detail("principal")
                : "cluster.local/ns/" + source.namespace() + "/sa/" + PlainDialect.serviceAccount(source.pod());
    }

    private boolean isHttp(PlainPacket record, PlainChoices choices, int port) {
        Set<String> declared = declared(record, port);
        if (!declared.isEmpty() && !declared.contains("")) {
            return declared.contains("HTTP");
        }
        boolean isShown = Stream.of("http", "method")
                .anyMatch(property -> !record.detail(property).isEmpty());
        return isShown || choices.isYes("isHttp");
    }

    /** The protocols that Services declare for the port: HTTP, TCP, or the empty text where it is detected. */
    private Set<String> declared(PlainPacket record, int port) {
        PlainEnd end = record.destination();
        boolean isWaypoint = proxy(end).equals("waypoint");
        Set<String> declared = new TreeSet<>();
        for (ObjectNode service : objects) {
            JsonNode spec = service.path("spec");
            ObjectNode selector = service.objectNode();
            selector.set("matchLabels", spec.path("selector"));
            boolean leads = service.path("kind").asText().equals("Service")
                    && (isWaypoint
                            ? (namespace(service) + "/" + PlainDialect.name(service)).equals(record.detail("service"))
                            : namespace(service).equals(end.namespace())
                                    && !spec.path("selector").isEmpty()
                                    && PlainEvaluator.selects(selector, PlainDialect.labels(end.pod())));
            for (JsonNode each : spec.path("ports")) {
                JsonNode target = isWaypoint ? each.path("port") : each.path("targetPort");
                boolean isMeant = target.isTextual()
                        ? PlainDialect.declares(end.pod(), target.asText(), "TCP", port)
                        : target.asInt(each.path("port").asInt()) == port;
                if (leads && isMeant && each.path("protocol").asText("TCP").equals("TCP")) {
                    declared.add(declared(each));
                }
            }
        }
        return declared;
    }

    private static String declared(JsonNode port) {
        String name = port.path("appProtocol").asText(port.path("name").asText(""));
        String first = name.startsWith("grpc-web") ? "grpc-web" : name.split("-")[0].toLowerCase(Locale.ROOT);
        if (HTTP.contains(first)) {
            return "HTTP";
        }
        return TCP.contains(first) || NEVER_DETECTED.contains(port.path("port").asInt()) ? "TCP" : "";
    }
}
