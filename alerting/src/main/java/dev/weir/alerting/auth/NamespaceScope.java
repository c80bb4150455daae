package dev.weir.alerting.auth;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Of which namespaces somebody may know.
 *
 * @param namespaces null for all, and what has no namespace
 */
public record NamespaceScope(@Nullable Set<String> namespaces) {
    public static final NamespaceScope ALL = new NamespaceScope(null);

    public boolean has(@Nullable String namespace) {
        return namespaces == null || (namespace != null && namespaces.contains(namespace));
    }

    public boolean isAll() {
        return namespaces == null;
    }
}
