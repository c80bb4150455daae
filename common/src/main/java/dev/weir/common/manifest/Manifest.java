package dev.weir.common.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A Kubernetes object in a file. */
public final class Manifest {
    private final Document document;
    private final String path;
    private final ObjectNode object;

    /**
     * Creates a manifest.
     *
     * @param path of the object within the document, for example {@code items[3]}; empty when it is the whole document
     */
    Manifest(Document document, String path, ObjectNode object) {
        this.document = document;
        this.path = path;
        this.object = object;
    }

    /**
     * Creates a manifest that stands in no file.
     *
     * @param origin named in messages in the place of the file
     */
    public static Manifest of(String origin, ObjectNode object) {
        return new Manifest(new Document(origin, 1, ""), "", object);
    }

    public ObjectNode object() {
        return object;
    }

    public String kind() {
        return object.path("kind").asText("");
    }

    public String name() {
        return object.path("metadata").path("name").asText("");
    }

    /** The namespace in the metadata, or null. */
    public @Nullable String namespace() {
        JsonNode namespace = object.path("metadata").path("namespace");
        return namespace.isTextual() && !namespace.textValue().isEmpty() ? namespace.textValue() : null;
    }

    public String file() {
        return document.file();
    }

    /** The line of the file on which a field stands, or the nearest field above it; the object's own for {@code ""}. */
    public int line(String field) {
        return document.line(path.isEmpty() || field.isEmpty() ? path + field : path + "." + field);
    }

    /** The kind and name for messages: {@code NetworkPolicy shop/db}. */
    public String display() {
        String namespace = namespace();
        return kind() + " " + (namespace == null ? "" : namespace + "/") + name();
    }

    /** A problem with one of its fields. */
    public Problem problem(String field, String reason) {
        return new Problem(file(), line(field), display(), field, reason);
    }
}
