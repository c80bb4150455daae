package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Holds;
import dev.weir.policy.Peer;
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
    /** The namespace whose policies hold for the whole mesh. */
    static final String ROOT = "istio-system";

    static final String TRUST_DOMAIN = "cluster.local";

    private static final Set<Integer> OWN_PORTS = Set.of(15_020, 15_021, 15_090);
    private static final Set<String> HTTP = Set.of("http", "http2", "grpc", "grpc-web");
    private static final Set<String> TCP = Set.of("tcp", "tls", "https", "mongo", "mysql", "redis");
    private static final Workload OUTSIDE = new Workload(Proxy.NONE, Map.of(), Set.of(), "", "");

    private final Map<String, Workload> workloads = new HashMap<>();
    private final List<JsonNode> services = new ArrayList<>();
    private final List<PeerAuthentication> peers = new ArrayList<>();
    /** The pods whose requests may carry a verified token. */
    private final List<Targets> tokens = new ArrayList<>();

    /** The proxy that enforces what a pod receives. */
    enum Proxy {
        NONE,
        SIDECAR,
        /** Ztunnel, which knows connections only. */
        AMBIENT,
        WAYPOINT
    }

    /** The protocol that Services declare for a port. */
    enum Declared {
        HTTP,
        TCP,
        /** The proxy finds out by the first bytes. */
        DETECTED
    }

    /**
     * A pod with its proxy.
     *
     * @param passing the ports that pass its sidecar unseen
     * @param gateway the Gateway that a waypoint is of; empty for none
     */
    record Workload(Proxy proxy, Map<String, String> labels, Set<Integer> passing, String namespace, String gateway) {}

    private IstioFacts(ClusterFacts facts) {
        facts.objects("Pod")
                .forEach(pod -> workloads.put(ApiObjects.namespace(pod) + "/" + ApiObjects.name(pod), workload(pod)));
        services.addAll(facts.objects("Service"));
        facts.objects("PeerAuthentication").forEach(object -> peers.add(PeerAuthentication.of(object)));
        peers.sort(Comparator.comparing(PeerAuthentication::created)
                .thenComparing(PeerAuthentication::name)
                .thenComparing(PeerAuthentication::namespace));
        for (JsonNode object : facts.objects("RequestAuthentication")) {
            if (!object.path("spec").path("jwtRules").isEmpty()) {
                tokens.add(Targets.of(ApiObjects.namespace(object), object.path("spec")));
            }
        }
    }

    static IstioFacts of(ClusterFacts facts) {
        return facts.view(IstioFacts.class, IstioFacts::new);
    }

    private static Workload workload(JsonNode pod) {
        JsonNode spec = pod.path("spec");
        Proxy proxy = Proxy.NONE;
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode container : spec.path(list)) {
                if (container.path("name").asText("").equals("istio-proxy")) {
                    boolean isWaypoint = false;
                    for (JsonNode argument : container.path("args")) {
                        isWaypoint |= argument.asText("").equals("waypoint");
                    }
                    proxy = isWaypoint ? Proxy.WAYPOINT : Proxy.SIDECAR;
                }
            }
        }
        Map<String, String> annotations = ApiObjects.texts(pod.path("metadata").path("annotations"));
        if (proxy == Proxy.NONE && "enabled".equals(annotations.get("ambient.istio.io/redirection"))) {
            proxy = Proxy.AMBIENT;
        }
        Set<Integer> passing = new HashSet<>(OWN_PORTS);
        String excluded = annotations.getOrDefault("traffic.sidecar.istio.io/excludeInboundPorts", "");
        for (String port : excluded.split(",", -1)) {
            if (port.strip().matches("[0-9]{1,5}")) {
                passing.add(Integer.valueOf(port.strip()));
            }
        }
        Map<String, String> labels = ApiObjects.labels(pod);
        return new Workload(
                proxy,
                labels,
                Set.copyOf(passing),
                ApiObjects.namespace(pod),
                labels.getOrDefault("gateway.networking.k8s.io/gateway-name", ""));
    }

    /** The pod's proxy and labels; one outside the mesh where the pod is not described. */
    Workload workload(Peer.Pod pod) {
        return workloads.getOrDefault(pod.namespace() + "/" + pod.name(), OUTSIDE);
    }

    private Workload workload(Peer peer) {
        Peer.Pod pod = peer.pod();
        return pod == null ? OUTSIDE : workload(pod);
    }

    Proxy proxy(Peer peer) {
        return workload(peer).proxy();
    }

    /** True if the destination's proxy sees the traffic. */
    boolean isCaught(Traffic traffic) {
        Workload to = workload(traffic.destination());
        boolean passes = to.proxy() == Proxy.SIDECAR
                && traffic.port() != null
                && to.passing().contains(traffic.port());
        return to.proxy() != Proxy.NONE && traffic.protocol().equals("TCP") && !passes;
    }

    /** The protocol that the Services declare which lead to a port of a pod. */
    Declared declared(Peer.Pod pod, int port, @Nullable String service) {
        Workload workload = workload(pod);
        for (JsonNode object : services) {
            boolean isWaypoint = workload.proxy() == Proxy.WAYPOINT;
            boolean leads = isWaypoint
                    ? (ApiObjects.namespace(object) + "/" + ApiObjects.name(object)).equals(service)
                    : ApiObjects.namespace(object).equals(pod.namespace()) && selects(object, workload.labels());
            if (!leads) {
                continue;
            }
            for (JsonNode each : object.path("spec").path("ports")) {
                JsonNode target = each.path("targetPort");
                boolean isNumber = target.isInt();
                int number = isWaypoint || target.isMissingNode()
                        ? each.path("port").asInt()
                        : isNumber ? target.intValue() : named(pod, target.asText(""));
                if (number == port) {
                    return declared(each);
                }
            }
        }
        return Declared.DETECTED;
    }

    private static int named(Peer.Pod pod, String name) {
        return pod.identity().ports().stream()
                .filter(port -> port.name().equals(name))
                .mapToInt(port -> port.port())
                .findFirst()
                .orElse(-1);
    }

    private static boolean selects(JsonNode service, Map<String, String> labels) {
        Map<String, String> selector = ApiObjects.texts(service.path("spec").path("selector"));
        return !selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet());
    }

    private static Declared declared(JsonNode port) {
        String protocol = port.path("appProtocol").asText("");
        if (protocol.isEmpty()) {
            protocol = port.path("name").asText("").replaceAll("-.*", "");
        }
        String lower = protocol.toLowerCase(Locale.ROOT);
        return HTTP.contains(lower) ? Declared.HTTP : TCP.contains(lower) ? Declared.TCP : Declared.DETECTED;
    }

    /** The mode of mTLS at a port with the policy that says so. */
    PeerAuthentication.Mode mode(Peer.Pod pod, @Nullable Integer port) {
        Workload workload = workload(pod);
        PeerAuthentication.Mode mode = PeerAuthentication.Mode.PERMISSIVE;
        for (PeerAuthentication.Scope scope : PeerAuthentication.Scope.values()) {
            for (PeerAuthentication each : peers) {
                if (each.scope() == scope && each.isAbout(pod.namespace(), workload.labels())) {
                    mode = each.mode(mode, port);
                    break;
                }
            }
        }
        return mode;
    }

    /** True if requests to a pod may carry a verified token. */
    boolean takesTokens(Peer.Pod pod, @Nullable String service) {
        Workload workload = workload(pod);
        return tokens.stream().anyMatch(targets -> targets.isAbout(workload, service));
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
            return traffic.source().node() == null && proxy(traffic.destination()) != Proxy.NONE
                    ? Holds.UNKNOWN
                    : Holds.NO;
        }
        return Holds.of(proxy(traffic.source()) != Proxy.NONE
                && proxy(traffic.destination()) != Proxy.NONE
                && !isDisabled(traffic));
    }

    /** True if clients send plaintext to the port of a sidecar. */
    boolean isDisabled(Traffic traffic) {
        Peer.Pod to = traffic.destination().pod();
        return to != null
                && proxy(traffic.destination()) == Proxy.SIDECAR
                && mode(to, traffic.port()).isDisabled();
    }
}
