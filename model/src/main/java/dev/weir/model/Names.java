package dev.weir.model;

import org.jspecify.annotations.Nullable;

/** Names of things in a cluster, which Kubernetes keeps to 253 characters. */
final class Names {
    private static final int MAX = 253;

    private Names() {}

    /**
     * @throws InvalidRecordException when the name is longer than any real one
     */
    static void requireShort(String field, @Nullable String name) {
        if (name != null && name.length() > MAX) {
            throw new InvalidRecordException(field, "has " + name.length() + " characters, more than " + MAX);
        }
    }
}
