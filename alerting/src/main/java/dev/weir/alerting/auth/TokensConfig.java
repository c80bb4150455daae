package dev.weir.alerting.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file of those who have a token. */
record TokensConfig(List<Entry> tokens) {
    TokensConfig(@Nullable List<Entry> tokens) {
        this.tokens = tokens == null ? List.of() : List.copyOf(tokens);
    }

    /**
     * @param sha256 of the token, 64 hex digits: it is long and random, so that no slower hash is needed
     * @param namespaces of which its holder may know; all where it is absent
     */
    record Entry(
            @Nullable String name,
            @Nullable String sha256,
            @Nullable Role role,
            @Nullable List<String> namespaces) {}
}
