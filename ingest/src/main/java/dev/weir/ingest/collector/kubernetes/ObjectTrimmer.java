package dev.weir.ingest.collector.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.context.DialectSettings;
import dev.weir.model.context.MeshProxy;
import dev.weir.model.context.NodeAddresses;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Removes the fields of objects that no flow is judged by, so that a heartbeat is no change; and reads the times that
 * objects contain.
 */
final class ObjectTrimmer {
    private static final List<String> METADATA = List.of(
            "name", "generateName", "namespace", "labels", "ownerReferences", "creationTimestamp", "deletionTimestamp");
    private static final Map<String, List<String>> SPEC = Map.of(
            "Pod",
            List.of("nodeName", "hostNetwork", "serviceAccountName", "containers", "initContainers"),
            "Service",
            List.of("selector", "clusterIP", "clusterIPs", "externalIPs", "ports", "type"),
            "Node",
            List.of("podCIDR", "podCIDRs"),
            "Namespace",
            List.of(),
            "ReplicaSet",
            List.of(),
            DialectSettings.KIND,
            List.of());
    private static final Map<String, List<String>> STATUS = Map.of(
            "Pod", List.of("phase", "podIP", "podIPs", "hostIP", "startTime"),
            "Service", List.of("loadBalancer"),
            "Node", List.of("addresses"));

    private static final Map<String, Predicate<String>> ANNOTATIONS =
            Map.of("Node", NodeAddresses::isAnnotation, "Pod", MeshProxy::isAnnotation);
    private static final List<String> CONTAINER = List.of("name", "ports");
    private static final List<String> PROXY = List.of("name", "ports", "args");

    private ObjectTrimmer() {}

    /** Returns a copy with the fields that matter; policies keep all of their spec. */
    static ObjectNode of(String kind, ObjectNode object) {
        ObjectNode trimmed = object.objectNode();
        for (String field : List.of("apiVersion", "kind", "addressType", "endpoints", "ports")) {
            copy(object, field, trimmed);
        }
        copy(object.path("metadata"), METADATA, trimmed.putObject("metadata"));
        Predicate<String> kept = ANNOTATIONS.get(kind);
        if (kept != null) {
            annotations(object.path("metadata").path("annotations"), kept, trimmed);
        }
        if (kind.equals(DialectSettings.KIND)) {
            settings(object, trimmed.putObject("data"));
        }
        List<String> spec = SPEC.get(kind);
        if (spec == null) {
            copy(object, "spec", trimmed);
        } else if (!spec.isEmpty()) {
            copy(object.path("spec"), spec, trimmed.putObject("spec"));
        }
        List<String> status = STATUS.get(kind);
        if (status != null) {
            copy(object.path("status"), status, trimmed.putObject("status"));
        }
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode container : trimmed.path("spec").path(list)) {
                if (container instanceof ObjectNode each) {
                    each.retain(MeshProxy.isProxy(each) ? PROXY : CONTAINER);
                }
            }
        }
        return trimmed;
    }

    /**
     * Returns the time from which an object is as it is now: for a pod when its node accepted it, for others their
     * creation.
     */
    static @Nullable Long begunMs(String kind, JsonNode object) {
        Long started = kind.equals("Pod") ? time(object.path("status").path("startTime")) : null;
        return started == null ? time(object.path("metadata").path("creationTimestamp")) : started;
    }

    /** Returns the time of the last change, from the object's managed fields. */
    static @Nullable Long changedMs(JsonNode object) {
        Long newest = null;
        for (JsonNode manager : object.path("metadata").path("managedFields")) {
            Long at = time(manager.path("time"));
            newest = newest == null || at != null && at > newest ? at : newest;
        }
        return newest;
    }

    /** Returns the time at which the last of a pod's containers ended. */
    static @Nullable Long endedMs(JsonNode object) {
        Long newest = null;
        for (JsonNode container : object.path("status").path("containerStatuses")) {
            Long at = time(container.path("state").path("terminated").path("finishedAt"));
            if (at == null) {
                return null;
            }
            newest = newest == null || at > newest ? at : newest;
        }
        return newest;
    }

    private static void annotations(JsonNode from, Predicate<String> kept, ObjectNode to) {
        from.properties().stream()
                .filter(annotation -> kept.test(annotation.getKey()))
                .forEach(annotation ->
                        to.withObject("/metadata/annotations").set(annotation.getKey(), annotation.getValue()));
    }

    private static void settings(JsonNode from, ObjectNode to) {
        Set<String> keys =
                DialectSettings.keys(from.path("metadata").path("name").asText(""));
        keys.forEach(key -> copy(from.path("data"), key, to));
    }

    private static void copy(JsonNode from, List<String> fields, ObjectNode to) {
        fields.forEach(field -> copy(from, field, to));
    }

    private static void copy(JsonNode from, String field, ObjectNode to) {
        JsonNode value = from.get(field);
        if (value != null && !value.isNull()) {
            to.set(field, value.deepCopy());
        }
    }

    private static @Nullable Long time(JsonNode text) {
        if (!text.isTextual()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text.textValue()).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
