package dev.weir.policy.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Reduces the objects to which policies refer to the parts that can matter to a policy. */
public final class ReferredObjects {
    private static final List<String> METADATA = List.of("name", "namespace", "labels", "creationTimestamp");
    private static final Map<String, List<String>> SPEC = Map.of(
            "Service", List.of("selector", "ports"),
            "Namespace", List.of(),
            "ServiceAccount", List.of());

    private ReferredObjects() {}

    /**
     * Returns the part of an object that can matter, so that a change of the rest, such as the readiness of a pod behind
     * a Service, is none.
     */
    public static JsonNode reduced(String kind, JsonNode object) {
        ObjectNode reduced = object.deepCopy();
        reduced.put("kind", kind).remove("status");
        if (reduced.path("metadata") instanceof ObjectNode metadata) {
            metadata.retain(METADATA);
        }
        List<String> spec = SPEC.get(kind);
        if (spec != null && reduced.path("spec") instanceof ObjectNode its) {
            its.retain(spec);
        }
        for (JsonNode endpoint : reduced.path("endpoints")) {
            if (endpoint instanceof ObjectNode its) {
                its.retain("addresses");
            }
        }
        return reduced;
    }
}
