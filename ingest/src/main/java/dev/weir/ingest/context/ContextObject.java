package dev.weir.ingest.context;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Manifest;
import dev.weir.common.manifest.ManifestFile;
import dev.weir.common.manifest.Problem;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.PolicyKind;
import dev.weir.model.codec.Json;
import dev.weir.model.context.ClusterObjects;
import dev.weir.model.context.DialectSettings;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes object in the form of {@code weir.context}.
 *
 * @param group its API group: empty for the core group, and for an object whose version has no group
 * @param object the object as JSON text, without the fields that only the API server needs; a text, since a tree takes
 *     eight times its memory, and every object of a directory is kept
 * @param createdMs its {@code creationTimestamp}, in milliseconds since the epoch; null if it has none
 */
public record ContextObject(
        String group,
        String kind,
        @Nullable String namespace,
        String name,
        String object,
        @Nullable Long createdMs) {
    /** Kinds whose objects belong to no namespace. */
    private static final Set<String> OF_THE_CLUSTER =
            withPolicies(Set.of("Namespace", "Node"), kind -> !kind.namespaced());

    private static final Set<String> OF_A_NAMESPACE = withPolicies(
            Set.of(
                    "Pod",
                    "Service",
                    "EndpointSlice",
                    "Deployment",
                    "ReplicaSet",
                    "StatefulSet",
                    "DaemonSet",
                    "Job",
                    "CronJob",
                    "ReplicationController",
                    DialectSettings.KIND),
            PolicyKind::namespaced);

    /** The objects of a file, and the errors in it. An object that cannot be used does not hide the others. */
    public record Contents(List<ContextObject> objects, List<String> problems) {}

    /** Returns true if flows are judged by that object; others in the files are ignored. */
    public static boolean isJudgedBy(String kind, String name) {
        boolean isKind = OF_THE_CLUSTER.contains(kind) || OF_A_NAMESPACE.contains(kind);
        return isKind && (!kind.equals(DialectSettings.KIND) || DialectSettings.NAMES.contains(name));
    }

    public static Contents read(Path file) {
        ManifestFile manifests = ManifestFile.read(file);
        List<ContextObject> objects = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        manifests.problems().forEach(problem -> problems.add(problem.message()));
        for (Manifest manifest : manifests.manifests()) {
            if (isJudgedBy(manifest.kind(), manifest.name())) {
                try {
                    objects.add(of(manifest));
                } catch (InvalidRecordException e) {
                    Problem problem = manifest.problem(e.field(), e.reason());
                    problems.add(problem.message());
                }
            }
        }
        return new Contents(objects, problems);
    }

    /** Returns the object's key in a cluster, as {@link ContextChange#key()}. */
    public String key(@Nullable String cluster) {
        return ContextChange.key(cluster, group.isEmpty() ? null : group, kind, namespace, name);
    }

    public ContextChange change(@Nullable String cluster, long validFromMs, String origin) {
        return new ContextChange(
                cluster, group.isEmpty() ? null : group, kind, namespace, name, validFromMs, origin, object);
    }

    /**
     * Returns true if the change contains the same object. The order of fields does not matter, nor does a missing
     * version or kind, since the API's lists omit them.
     */
    public boolean isIn(ContextChange change) {
        String other = change.object();
        if (other == null || other.equals(object)) {
            return other != null;
        }
        try {
            return Json.MAPPER.readTree(object) instanceof ObjectNode mine
                    && Json.MAPPER.readTree(other) instanceof ObjectNode theirs
                    && equal(mine, theirs);
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static boolean equal(ObjectNode mine, ObjectNode theirs) {
        for (String field : List.of("apiVersion", "kind")) {
            if (!mine.has(field) || !theirs.has(field)) {
                mine.remove(field);
                theirs.remove(field);
            }
        }
        return mine.equals(theirs);
    }

    private static ContextObject of(Manifest manifest) {
        return of(manifest.kind(), manifest.object());
    }

    /**
     * Creates a context object.
     *
     * @param object is modified: fields that only the API server needs are removed
     * @throws InvalidRecordException if a field is missing or wrong; it names the field
     */
    public static ContextObject of(String kind, ObjectNode object) {
        String name = object.path("metadata").path("name").asText("");
        if (name.isEmpty()) {
            throw new InvalidRecordException("metadata.name", "is missing");
        }
        String own = object.path("metadata").path("namespace").asText("");
        String namespace = OF_THE_CLUSTER.contains(kind) ? null : own.isEmpty() ? "default" : own;
        if (object.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove(List.of("managedFields", "resourceVersion", "generation", "uid"));
            if (namespace != null) {
                metadata.put("namespace", namespace);
            }
        }
        ClusterObjects.parse(kind, object);
        String group = ContextChange.groupOf(object.path("apiVersion").asText(""));
        return new ContextObject(group, kind, namespace, name, object.toString(), created(object.path("metadata")));
    }

    private static Set<String> withPolicies(Set<String> kinds, Predicate<PolicyKind> scope) {
        return Stream.concat(kinds.stream(), PolicyKind.watched().filter(scope).map(PolicyKind::kind))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static @Nullable Long created(JsonNode metadata) {
        String text = metadata.path("creationTimestamp").asText("");
        if (text.isEmpty() || text.equals("null")) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            throw new InvalidRecordException(
                    "metadata.creationTimestamp", "'" + text + "' is not a time such as 2026-01-31T23:59:59Z");
        }
    }
}
