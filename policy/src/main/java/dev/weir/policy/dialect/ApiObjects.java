package dev.weir.policy.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** Reads the parts that all objects of the Kubernetes API have in common. */
public final class ApiObjects {
    private static final String SERVICE_OF_SLICE = "kubernetes.io/service-name";

    private ApiObjects() {}

    /** The name; empty if there is none. */
    public static String name(JsonNode object) {
        return object.path("metadata").path("name").asText("");
    }

    /** The namespace of an object that belongs to one. */
    public static String namespace(JsonNode object) {
        return object.path("metadata").path("namespace").asText("default");
    }

    public static Map<String, String> labels(JsonNode object) {
        return texts(object.path("metadata").path("labels"));
    }

    /** The fields of an object whose values are texts. */
    public static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new HashMap<>();
        object.properties()
                .forEach(each -> texts.put(each.getKey(), each.getValue().asText("")));
        return texts;
    }

    /** The Service of an EndpointSlice as {@code namespace/name}. */
    public static String serviceOf(JsonNode slice) {
        return namespace(slice) + "/" + labels(slice).getOrDefault(SERVICE_OF_SLICE, "");
    }
}
