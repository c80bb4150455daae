package dev.weir.ingest.collector.manifests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import dev.weir.model.context.ClusterObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes object from a file.
 *
 * @param object the object as JSON text, without what only the API server's own bookkeeping needs
 * @param createdMs its own {@code creationTimestamp}; null when it has none
 */
public record Manifest(
        String kind,
        @Nullable String namespace,
        String name,
        String object,
        @Nullable Long createdMs) {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Set<String> OF_THE_CLUSTER = Set.of("Namespace", "Node");

    /** The kinds that flows are judged by; others in the files are none of Weir's business. */
    private static final Set<String> KINDS = Set.of(
            "Namespace",
            "Node",
            "Pod",
            "Service",
            "NetworkPolicy",
            "Deployment",
            "ReplicaSet",
            "StatefulSet",
            "DaemonSet",
            "Job",
            "CronJob",
            "ReplicationController");

    /** A file that cannot be used; the message names file, line or object, and field. */
    public static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }
    }

    /**
     * The objects of a file of YAML documents, lists of objects unpacked.
     *
     * @throws UnreadableException when any part of it cannot be used; then none of it is
     */
    public static List<Manifest> read(Path file) throws UnreadableException {
        List<Manifest> manifests = new ArrayList<>();
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(Files.readAllBytes(file))) {
            while (documents.hasNextValue()) {
                add(documents.nextValue(), file, manifests);
            }
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new UnreadableException(file + ":" + line + ": not YAML: "
                    + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new UnreadableException(file + ": cannot be read: " + e.getMessage());
        }
        return manifests;
    }

    /** {@code Pod/shop/web-1}, as {@link ContextChange#key()}. */
    public String key() {
        return change(0, "").key();
    }

    ContextChange change(long validFromMs, String origin) {
        return new ContextChange(kind, namespace, name, validFromMs, origin, object);
    }

    private static void add(@Nullable JsonNode document, Path file, List<Manifest> manifests)
            throws UnreadableException {
        if (document == null || document.isNull() || document.isMissingNode()) {
            return;
        }
        String kind = document.path("kind").asText("");
        if (!document.isObject() || kind.isEmpty()) {
            throw new UnreadableException(file + ": holds a document that is no Kubernetes object: it has no kind");
        }
        if (document.path("items").isArray()) {
            for (JsonNode item : document.path("items")) {
                add(item, file, manifests);
            }
            return;
        }
        if (KINDS.contains(kind)) {
            manifests.add(manifest(kind, (ObjectNode) document, file));
        }
    }

    private static Manifest manifest(String kind, ObjectNode object, Path file) throws UnreadableException {
        JsonNode metadata = object.path("metadata");
        String name = metadata.path("name").asText("");
        String where = file + ": " + kind + " " + name;
        if (name.isEmpty()) {
            throw new UnreadableException(where + ": metadata.name: is missing");
        }
        String namespace = null;
        if (!OF_THE_CLUSTER.contains(kind)) {
            namespace = metadata.path("namespace").asText("default");
        }
        if (metadata instanceof ObjectNode own) {
            own.remove(List.of("managedFields", "resourceVersion", "generation", "uid"));
            if (namespace != null) {
                own.put("namespace", namespace);
            }
        }
        try {
            ClusterObjects.parse(kind, object);
            return new Manifest(kind, namespace, name, object.toString(), created(metadata));
        } catch (InvalidRecordException e) {
            throw new UnreadableException(where + ": " + e.getMessage());
        }
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
