package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.context.MeshProxy;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Holds;
import dev.weir.policy.MeshTraffic;
import dev.weir.policy.Peer;
import dev.weir.policy.PortClause;
import dev.weir.policy.Traffic;
import dev.weir.policy.dialect.ApiObjects;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The facts of a cluster that decide what proxies of Istio enforce. */
final class IstioFacts {
    private static final Set<String> HTTP = Set.of("http", "http2", "grpc");
    private static final Set<String> TCP = Set.of("tcp", "tls", "https", "mongo", "mysql", "redis");
    /** The ports of Services that are TCP unless they say something else: SMTP, DNS, MySQL and MongoDB. */
    private static final Set<Integer> NEVER_DETECTED = Set.of(25, 53, 3306, 27_017);

    private final IstioSettings settings;
    private final List<JsonNode> services = new ArrayList<>();
    private final Map<String, List<JsonNode>> servicesByNamespace = new HashMap<>();
    private final List<PeerAuthentication> peers = new ArrayList<>();
    private final Map<String, List<PeerAuthentication>> peersByNamespace = new HashMap<>();
    /** The pods whose requests may carry a verified token. */
    private final List<Targets> tokens = new ArrayList<>();

    /** The view that was last asked for; threads may at worst make it again. */
    private volatile @Nullable MeshView lastView;

    /** The protocol that Services declare for a port. */
    enum Declared {
        HTTP,
        TCP,
        /** The proxy finds out by the first bytes. */
        DETECTED
    }

    private IstioFacts(ClusterFacts facts) {
        settings = IstioSettings.of(facts);
        services.addAll(facts.objects("Service"));
        facts.objects("PeerAuthentication").forEach(object -> peers.add(PeerAuthentication.of(object, settings)));
        peers.sort(Comparator.comparing(PeerAuthentication::created)
                .thenComparing(PeerAuthentication::name)
                .thenComparing(PeerAuthentication::namespace));
        peers.forEach(each -> peersByNamespace
                .computeIfAbsent(each.namespace(), namespace -> new ArrayList<>())
                .add(each));
        services.forEach(each -> servicesByNamespace
                .computeIfAbsent(ApiObjects.namespace(each), namespace -> new ArrayList<>())
                .add(each));
        for (JsonNode object : facts.objects("RequestAuthentication")) {
            if (!object.path("spec").path("jwtRules").isEmpty()) {
                tokens.add(Targets.of(ApiObjects.namespace(object), object.path("spec"), settings));
            }
        }
    }

    static IstioFacts of(ClusterFacts facts) {
        return facts.view(IstioFacts.class, IstioFacts::new);
    }

    static MeshProxy.Kind proxy(Peer peer) {
        Peer.Pod pod = peer.pod();
        return pod == null ? MeshProxy.Kind.NONE : proxy(pod);
    }

    static MeshProxy.Kind proxy(Peer.Pod pod) {
        return pod.identity().proxy().kind();
    }

    /** True if the destination's proxy sees the traffic. */
    static boolean isCaught(Traffic traffic) {
        Peer.Pod to = traffic.destination().pod();
        MeshProxy proxy = to == null ? MeshProxy.NONE : to.identity().proxy();
        boolean passes = proxy.kind() == MeshProxy.Kind.SIDECAR
                && traffic.port() != null
                && proxy.passing().contains(traffic.port());
        return proxy.kind() != MeshProxy.Kind.NONE && traffic.protocol().equals("TCP") && !passes;
    }

    /** The protocol that the Services declare which lead to the destination's port. */
    Declared declared(Traffic traffic) {
        Peer.Pod pod = traffic.destination().pod();
        Integer port = traffic.port();
        String service = traffic.mesh() == null ? null : traffic.mesh().service();
        return pod == null || port == null ? Declared.DETECTED : declared(pod, port, service);
    }

    /** The protocol that the Services declare which lead to a port of a pod. */
    Declared declared(Peer.Pod pod, int port, @Nullable String service) {
        boolean isWaypoint = proxy(pod) == MeshProxy.Kind.WAYPOINT;
        for (JsonNode object : isWaypoint ? services : servicesOf(pod.namespace())) {
            boolean leads = isWaypoint
                    ? (ApiObjects.namespace(object) + "/" + ApiObjects.name(object)).equals(service)
                    : selects(object, pod.identity().labels());
            if (!leads) {
                continue;
            }
            for (JsonNode each : object.path("spec").path("ports")) {
                int number = isWaypoint ? each.path("port").asInt() : target(pod, each);
                if (number == port && each.path("protocol").asText("TCP").equals("TCP")) {
                    return declared(each);
                }
            }
        }
        return Declared.DETECTED;
    }

    /** The ports that Services which select a pod lead to. */
    Set<Integer> portsOfServices(Peer.Pod pod) {
        Set<Integer> ports = new HashSet<>();
        for (JsonNode service : servicesOf(pod.namespace())) {
            boolean leads = selects(service, pod.identity().labels());
            for (JsonNode each : leads ? service.path("spec").path("ports") : List.<JsonNode>of()) {
                ports.add(target(pod, each));
            }
        }
        return ports;
    }

    /** The port of a pod to which a port of a Service leads; -1 for a name that the pod does not have. */
    private static int target(Peer.Pod pod, JsonNode port) {
        JsonNode target = port.path("targetPort");
        if (target.isMissingNode()) {
            return port.path("port").asInt();
        }
        return target.isInt() ? target.intValue() : named(pod, target.asText(""));
    }

    IstioSettings settings() {
        return settings;
    }

    /** Adds the ports at which proxies may treat traffic in another way. */
    void addBoundaries(Traffic traffic, Set<Integer> boundaries) {
        Peer.Pod pod = traffic.destination().pod();
        if (pod == null) {
            return;
        }
        Set<Integer> numbers = new HashSet<>(pod.identity().proxy().passing());
        peers.forEach(each -> numbers.addAll(each.byPort().keySet()));
        for (JsonNode service : services) {
            for (JsonNode each : service.path("spec").path("ports")) {
                numbers.add(each.path("port").asInt());
                numbers.add(each.path("targetPort").asInt());
            }
        }
        pod.identity().ports().forEach(port -> numbers.add(port.port()));
        numbers.forEach(
                port -> PortClause.range("TCP", port, port).addBoundaries(traffic.destination(), "TCP", boundaries));
    }

    /** The traffic with mTLS and without it, or else as HTTP and as plain TCP, where it is not known. */
    List<Traffic> completions(Traffic traffic) {
        MeshTraffic mesh = traffic.mesh() == null ? MeshTraffic.UNKNOWN : traffic.mesh();
        if (mtls(traffic) == Holds.UNKNOWN) {
            return List.of(traffic.with(mesh.withMtls(true)), traffic.with(mesh.withMtls(false)));
        }
        boolean isProtocolOpen = proxy(traffic.destination()) != MeshProxy.Kind.AMBIENT
                && declared(traffic) == Declared.DETECTED
                && view(traffic).isHttp() == Holds.UNKNOWN;
        return isProtocolOpen
                ? List.of(traffic.with(mesh.withHttp(true)), traffic.with(mesh.withHttp(false)))
                : List.of();
    }

    private static int named(Peer.Pod pod, String name) {
        return pod.identity().ports().stream()
                .filter(port -> port.name().equals(name) && port.protocol().equals("TCP"))
                .mapToInt(port -> port.port())
                .findFirst()
                .orElse(-1);
    }

    private static boolean selects(JsonNode service, Map<String, String> labels) {
        Map<String, String> selector = ApiObjects.texts(service.path("spec").path("selector"));
        return !selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet());
    }

    private static Declared declared(JsonNode port) {
        String name = port.path("appProtocol").asText("");
        if (name.isEmpty()) {
            name = port.path("name").asText("");
        }
        String protocol = name.replaceAll("-.*", "").toLowerCase(Locale.ROOT);
        if (HTTP.contains(protocol)) {
            return Declared.HTTP;
        }
        boolean isTcp = TCP.contains(protocol)
                || NEVER_DETECTED.contains(port.path("port").asInt());
        return isTcp ? Declared.TCP : Declared.DETECTED;
    }

    /** The mode of mTLS at a port with the policy that says so. */
    PeerAuthentication.Mode mode(Peer.Pod pod, @Nullable Integer port) {
        PeerAuthentication.Mode mode = PeerAuthentication.Mode.PERMISSIVE;
        for (PeerAuthentication.Scope scope : PeerAuthentication.Scope.values()) {
            boolean isOfMesh = scope == PeerAuthentication.Scope.MESH;
            for (PeerAuthentication each : peersOf(isOfMesh ? settings.root() : pod.namespace())) {
                if (each.scope() == scope
                        && each.isAbout(pod.namespace(), pod.identity().labels())) {
                    mode = each.mode(mode, port);
                    break;
                }
            }
        }
        return mode;
    }

    /** The traffic as the destination's proxy sees it, which all rules of a decision ask for. */
    @SuppressWarnings("ReferenceEquality") // the rules of one decision test one object
    MeshView view(Traffic traffic) {
        MeshView known = lastView;
        if (known == null || known.traffic() != traffic) {
            known = MeshView.of(traffic, this);
            lastView = known;
        }
        return known;
    }

    private List<JsonNode> servicesOf(String namespace) {
        return servicesByNamespace.getOrDefault(namespace, List.of());
    }

    private List<PeerAuthentication> peersOf(String namespace) {
        return peersByNamespace.getOrDefault(namespace, List.of());
    }

    /** True if requests to a pod may carry a verified token. */
    boolean takesTokens(Peer.Pod pod, @Nullable String service) {
        return tokens.stream().anyMatch(targets -> targets.isAbout(pod, service));
    }

    /** True if the connection carries mTLS of the mesh. */
    Holds mtls(Traffic traffic) {
        Boolean said = traffic.mesh() == null ? null : traffic.mesh().mtls();
        if (said != null) {
            return Holds.of(said);
        }
        if (traffic.mesh() != null && traffic.mesh().principal() != null) {
            return Holds.YES;
        }
        if (traffic.source().pod() == null) {
            return traffic.source().node() == null && proxy(traffic.destination()) != MeshProxy.Kind.NONE
                    ? Holds.UNKNOWN
                    : Holds.NO;
        }
        return Holds.of(proxy(traffic.source()) != MeshProxy.Kind.NONE
                && proxy(traffic.destination()) != MeshProxy.Kind.NONE
                && !isDisabled(traffic));
    }

    /** True if clients send plaintext to the port of a sidecar. */
    boolean isDisabled(Traffic traffic) {
        Peer.Pod to = traffic.destination().pod();
        return to != null
                && proxy(traffic.destination()) == MeshProxy.Kind.SIDECAR
                && mode(to, traffic.port()).isDisabled();
    }
}
