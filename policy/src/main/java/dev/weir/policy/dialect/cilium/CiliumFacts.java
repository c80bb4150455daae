package dev.weir.policy.dialect.cilium;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.common.Ip;
import dev.weir.policy.ClusterFacts;
import dev.weir.policy.PeerClause;
import dev.weir.policy.clause.AddressBlock;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.clause.OutsideBlock;
import dev.weir.policy.dialect.ApiObjects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The facts that policies of Cilium refer to. */
final class CiliumFacts {
    private final List<Service> services = new ArrayList<>();
    private final Map<String, Set<String>> endpoints = new HashMap<>();
    private final List<Group> groups = new ArrayList<>();
    private final CiliumSettings settings;
    private final boolean isComplete;

    /**
     * A Service.
     *
     * @param selector empty for one without a selector
     */
    record Service(String namespace, String name, Map<String, String> labels, Map<String, String> selector) {}

    /** A CiliumCIDRGroup. */
    record Group(String name, Map<String, String> labels, List<AddressBlock> blocks) {}

    private CiliumFacts(ClusterFacts facts) {
        isComplete = facts.isComplete();
        settings = CiliumSettings.of(facts);
        for (JsonNode object : facts.objects("Service")) {
            services.add(new Service(
                    ApiObjects.namespace(object),
                    ApiObjects.name(object),
                    ApiObjects.labels(object),
                    ApiObjects.texts(object.path("spec").path("selector"))));
        }
        for (JsonNode object : facts.objects("Endpoints")) {
            for (JsonNode subset : object.path("subsets")) {
                for (JsonNode address : subset.path("addresses")) {
                    addEndpoint(
                            ApiObjects.namespace(object) + "/" + ApiObjects.name(object),
                            address.path("ip").asText(""));
                }
            }
        }
        for (JsonNode object : facts.objects("EndpointSlice")) {
            String service = ApiObjects.serviceOf(object);
            for (JsonNode endpoint : object.path("endpoints")) {
                endpoint.path("addresses").forEach(ip -> addEndpoint(service, ip.asText("")));
            }
        }
        for (JsonNode object : facts.objects("CiliumCIDRGroup")) {
            List<AddressBlock> blocks = new ArrayList<>();
            for (JsonNode block : object.path("spec").path("externalCIDRs")) {
                AddressBlock parsed = AddressBlock.parse(block.asText(""));
                if (parsed != null) {
                    blocks.add(parsed);
                }
            }
            groups.add(new Group(ApiObjects.name(object), ApiObjects.labels(object), List.copyOf(blocks)));
        }
    }

    static CiliumFacts of(ClusterFacts facts) {
        return facts.view(CiliumFacts.class, CiliumFacts::new);
    }

    private void addEndpoint(String service, String ip) {
        String canonical = Ip.canonical(ip);
        if (canonical != null) {
            endpoints.computeIfAbsent(service, name -> new HashSet<>()).add(canonical);
        }
    }

    CiliumSettings settings() {
        return settings;
    }

    /** The clause for the peers in a block of addresses. */
    PeerClause peersIn(BlockClause block) {
        return new OutsideBlock(block, settings.blocksReachNodes());
    }

    List<Service> services(Predicate<Service> which) {
        return services.stream().filter(which).toList();
    }

    /** The addresses of a Service's endpoints. */
    Set<String> endpoints(Service service) {
        return endpoints.getOrDefault(service.namespace() + "/" + service.name(), Set.of());
    }

    /** The addresses of the API server; null when they are not known. */
    @Nullable Set<String> apiServer() {
        Set<String> known = endpoints.get("default/kubernetes");
        return known == null && isComplete ? Set.of() : known;
    }

    List<Group> groups(Predicate<Group> which) {
        return groups.stream().filter(which).toList();
    }
}
