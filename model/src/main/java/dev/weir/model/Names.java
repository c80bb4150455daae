package dev.weir.model;

import org.jspecify.annotations.Nullable;

/** Checks the lengths of Kubernetes names, which have at most 253 characters. */
final class Names {
    private static final int MAX = 253;

    private Names() {}

    /**
     * Requires a name of valid length.
     *
     * @throws InvalidRecordException when the name is longer than any real one
     */
    static void requireShort(String field, @Nullable String name) {
        if (name != null && name.length() > MAX) {
            throw new InvalidRecordException(field, "has " + name.length() + " characters, more than " + MAX);
        }
    }
}
