package dev.weir.model;

import org.jspecify.annotations.Nullable;

/**
 * A new version of something that flows are judged by: the value of {@code weir.context}, keyed by {@link #key()}.
 *
 * @param kind Kubernetes kind, for example {@code Pod} or {@code NetworkPolicy}
 * @param namespace null for objects of the whole cluster
 * @param validFromMs when this version came into force
 * @param origin what published it, so that a publisher deletes only what is its own
 * @param object the object as the API has it, as JSON text; null when it was deleted
 */
public record ContextChange(
        String kind,
        @Nullable String namespace,
        String name,
        long validFromMs,
        String origin,
        @Nullable String object) {

    /** In force for as far back as anything is known. */
    public static final long ALWAYS = 0;

    public ContextChange {
        if (kind.isEmpty()) {
            throw new InvalidRecordException("kind", "is empty");
        }
        if (name.isEmpty()) {
            throw new InvalidRecordException("name", "is empty");
        }
        if (validFromMs < 0) {
            throw new InvalidRecordException("valid_from_ms", validFromMs + " is negative");
        }
    }

    /** {@code Pod/shop/web-1}: what the topic is compacted by. */
    public String key() {
        return key(kind, namespace, name);
    }

    /** The key of an object. */
    public static String key(String kind, @Nullable String namespace, String name) {
        return kind + "/" + (namespace == null ? "" : namespace) + "/" + name;
    }

    public boolean deleted() {
        return object == null;
    }
}
