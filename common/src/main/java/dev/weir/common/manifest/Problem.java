package dev.weir.common.manifest;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a file or an object in it.
 *
 * @param line counted from 1; 0 for the file as a whole
 * @param object {@code NetworkPolicy shop/db}; null when it is not about one object
 * @param field path such as {@code spec.ingress[0].ports[1].endPort}; null when it is not about one field
 */
public record Problem(
        String file,
        int line,
        @Nullable String object,
        @Nullable String field,
        String reason) {

    /** {@code policies/db.yaml:12: NetworkPolicy shop/db: spec.podSelector: is missing}. */
    public String message() {
        return file + (line == 0 ? "" : ":" + line) + ": " + (object == null ? "" : object + ": ")
                + (field == null || field.isEmpty() ? "" : field + ": ") + reason;
    }
}
