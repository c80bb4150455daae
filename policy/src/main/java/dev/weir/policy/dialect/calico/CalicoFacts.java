package dev.weir.policy.dialect.calico;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.Ip;
import dev.weir.model.Flow;
import dev.weir.model.context.ClusterObject.NamedPort;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.Traffic;
import dev.weir.policy.clause.AddressBlock;
import dev.weir.policy.dialect.ApiObjects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The facts that policies of Calico refer to. */
final class CalicoFacts {
    private static final String ALL_INTERFACES = "*";

    private final Map<String, Map<String, String>> namespaces = new HashMap<>();
    private final Map<String, Map<String, String>> accounts = new HashMap<>();
    private final List<NetworkSet> sets = new ArrayList<>();
    private final Map<String, HostEndpoint> hosts = new HashMap<>();
    private final Map<String, JsonNode> tiers = new HashMap<>();
    private final Map<String, JsonNode> profiles = new HashMap<>();
    private final Map<String, List<ServiceEndpoint>> services = new HashMap<>();
    private final boolean isComplete;

    /**
     * A NetworkSet or a GlobalNetworkSet.
     *
     * @param namespace null for one of the cluster
     */
    record NetworkSet(@Nullable String namespace, Map<String, String> labels, List<AddressBlock> nets) {}

    /**
     * The HostEndpoint of a node.
     *
     * @param isOfAll true if it stands for all interfaces, that of the node with itself among them
     * @param ports the ports that it names
     */
    record HostEndpoint(String name, Map<String, String> labels, boolean isOfAll, List<NamedPort> ports) {}

    /**
     * One address of a Service with one of its ports.
     *
     * @param port null for a slice without ports
     */
    record ServiceEndpoint(
            String ip, String protocol, @Nullable Integer port) {}

    private CalicoFacts(ClusterFacts facts) {
        isComplete = facts.isComplete();
        facts.objects("Namespace")
                .forEach(object -> namespaces.put(ApiObjects.name(object), ApiObjects.labels(object)));
        facts.objects("ServiceAccount")
                .forEach(object -> accounts.put(
                        ApiObjects.namespace(object) + "/" + ApiObjects.name(object), ApiObjects.labels(object)));
        own(facts, "NetworkSet").forEach(object -> sets.add(set(ApiObjects.namespace(object), object)));
        own(facts, "GlobalNetworkSet").forEach(object -> sets.add(set(null, object)));
        own(facts, "HostEndpoint").forEach(object -> {
            String node = object.path("spec").path("node").asText("");
            hosts.put(node, host(object));
        });
        own(facts, "Tier").forEach(object -> tiers.put(ApiObjects.name(object), object));
        own(facts, "Profile").forEach(object -> profiles.put(ApiObjects.name(object), object));
        facts.objects("EndpointSlice").forEach(this::addSlice);
    }

    static CalicoFacts of(ClusterFacts facts) {
        return facts.view(CalicoFacts.class, CalicoFacts::new);
    }

    /** The objects of a kind of Calico; others have kinds of the same name. */
    private static List<JsonNode> own(ClusterFacts facts, String kind) {
        return facts.objects(kind).stream().filter(CalicoDialect::isOfCalico).toList();
    }

    private static HostEndpoint host(JsonNode object) {
        String interfaces = object.path("spec").path("interfaceName").asText("");
        return new HostEndpoint(
                ApiObjects.name(object),
                ApiObjects.labels(object),
                interfaces.equals(ALL_INTERFACES),
                namedPorts(object.path("spec").path("ports")));
    }

    private static List<NamedPort> namedPorts(JsonNode list) {
        List<NamedPort> ports = new ArrayList<>();
        for (JsonNode port : list) {
            JsonNode protocol = port.path("protocol");
            ports.add(new NamedPort(
                    port.path("name").asText(""),
                    protocol.isInt() ? Flow.protocolName(protocol.intValue()) : protocol.asText(""),
                    port.path("port").intValue()));
        }
        return List.copyOf(ports);
    }

    private static NetworkSet set(@Nullable String namespace, JsonNode object) {
        List<AddressBlock> nets = new ArrayList<>();
        for (JsonNode net : object.path("spec").path("nets")) {
            AddressBlock block = AddressBlock.parse(net.asText(""));
            if (block != null) {
                nets.add(block);
            }
        }
        return new NetworkSet(namespace, ApiObjects.labels(object), List.copyOf(nets));
    }

    private void addSlice(JsonNode slice) {
        List<ServiceEndpoint> endpoints =
                services.computeIfAbsent(ApiObjects.serviceOf(slice), name -> new ArrayList<>());
        for (JsonNode endpoint : slice.path("endpoints")) {
            for (JsonNode address : endpoint.path("addresses")) {
                String ip = Ip.canonical(address.asText(""));
                if (ip == null) {
                    continue;
                }
                endpoints.add(new ServiceEndpoint(ip, "", null));
                for (JsonNode port : slice.path("ports")) {
                    endpoints.add(new ServiceEndpoint(
                            ip,
                            port.path("protocol").asText("TCP"),
                            port.path("port").isInt() ? port.path("port").intValue() : null));
                }
            }
        }
    }

    /** The labels of a namespace; none for one that is not known. */
    Map<String, String> namespace(String name) {
        return namespaces.getOrDefault(name, Map.of());
    }

    /** The labels of a service account; none for one that is not known. */
    Map<String, String> account(String namespace, String name) {
        return accounts.getOrDefault(namespace + "/" + name, Map.of());
    }

    List<NetworkSet> sets() {
        return sets;
    }

    /** The HostEndpoint of a node; null for a node without one. */
    @Nullable HostEndpoint host(String node) {
        return hosts.get(node);
    }

    /** True unless the traffic is of a host with itself, which passes a HostEndpoint of all interfaces alone. */
    boolean mayPassHostEndpoint(Traffic traffic) {
        String node = traffic.withinHost() ? traffic.source().runsOn() : null;
        HostEndpoint host = node == null ? null : hosts.get(node);
        return host == null || host.isOfAll();
    }

    @Nullable JsonNode tier(String name) {
        return tiers.get(name);
    }

    @Nullable JsonNode profile(String name) {
        return profiles.get(name);
    }

    /** The addresses and ports of a Service; null when it is not known whether there are any. */
    @Nullable Set<ServiceEndpoint> service(String namespace, String name) {
        List<ServiceEndpoint> endpoints = services.get(namespace + "/" + name);
        return endpoints == null ? isComplete ? Set.of() : null : new HashSet<>(endpoints);
    }
}
