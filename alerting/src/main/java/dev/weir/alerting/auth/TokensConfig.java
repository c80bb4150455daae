package dev.weir.alerting.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file of named tokens. */
record TokensConfig(List<Entry> tokens) {
    TokensConfig(@Nullable List<Entry> tokens) {
        this.tokens = tokens == null ? List.of() : List.copyOf(tokens);
    }

    /**
     * One named token.
     *
     * @param sha256 hash of the token, 64 hex digits; tokens are long and random, so a fast hash is safe
     * @param namespaces namespaces that the caller may see; all if absent
     */
    record Entry(
            @Nullable String name,
            @Nullable String sha256,
            @Nullable Role role,
            @Nullable List<String> namespaces) {}
}
