package dev.weir.policy.dialect.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.model.context.MeshProxy;
import dev.weir.policy.Peer;
import dev.weir.policy.dialect.ApiObjects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The workloads that a policy is attached to.
 *
 * @param namespace of the policy
 * @param isOfRoot true if that is the one whose policies hold for the whole mesh
 * @param labels those of its selector; empty for none
 * @param references the kinds and names of {@code targetRefs}; empty for none
 */
record Targets(String namespace, boolean isOfRoot, Map<String, String> labels, List<Reference> references) {
    private static final String GATEWAY = "gateway.networking.k8s.io/gateway-name";

    /** One of {@code targetRefs}. */
    record Reference(String kind, String name) {}

    static Targets of(String namespace, JsonNode spec, IstioSettings settings) {
        List<Reference> references = new ArrayList<>();
        for (JsonNode each : spec.path("targetRefs")) {
            references.add(reference(each));
        }
        if (spec.path("targetRef").isObject()) {
            references.add(reference(spec.path("targetRef")));
        }
        return new Targets(
                namespace,
                settings.isRoot(namespace),
                ApiObjects.texts(spec.path("selector").path("matchLabels")),
                List.copyOf(references));
    }

    private static Reference reference(JsonNode node) {
        return new Reference(node.path("kind").asText(""), node.path("name").asText(""));
    }

    /**
     * True if the policy is attached to a workload.
     *
     * @param service the Service that was addressed at a waypoint, {@code namespace/name}
     */
    boolean isAbout(Peer.Pod pod, @Nullable String service) {
        if (IstioFacts.proxy(pod) == MeshProxy.Kind.WAYPOINT) {
            return references.stream().anyMatch(reference -> isTarget(reference, pod, service));
        }
        boolean isInScope = isOfRoot || namespace.equals(pod.namespace());
        return references.isEmpty()
                && isInScope
                && pod.identity().labels().entrySet().containsAll(labels.entrySet());
    }

    private boolean isTarget(Reference reference, Peer.Pod pod, @Nullable String service) {
        return switch (reference.kind()) {
            case "Service" -> (namespace + "/" + reference.name()).equals(service);
            case "Gateway" ->
                reference.name().equals(pod.identity().labels().get(GATEWAY)) && namespace.equals(pod.namespace());
            case "GatewayClass" -> reference.name().equals("istio-waypoint") && isOfRoot;
            default -> false;
        };
    }
}
