package dev.weir.common.manifest;

import org.jspecify.annotations.Nullable;

/**
 * A mistake in a file or in an object of it.
 *
 * @param line counted from 1; 0 for the file as a whole
 * @param object {@code NetworkPolicy shop/db}; null when the mistake is not about one object
 * @param field path such as {@code spec.ingress[0].ports[1].endPort}; null when the mistake is not about one field
 */
public record Problem(
        String file,
        int line,
        @Nullable String object,
        @Nullable String field,
        String reason) {

    /** The message with its place: {@code policies/db.yaml:12: NetworkPolicy shop/db: spec.podSelector: is missing}. */
    public String message() {
        return file + (line == 0 ? "" : ":" + line) + ": " + (object == null ? "" : object + ": ")
                + (field == null || field.isEmpty() ? "" : field + ": ") + reason;
    }
}
