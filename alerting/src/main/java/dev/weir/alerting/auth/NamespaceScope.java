package dev.weir.alerting.auth;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces that a caller may see.
 *
 * @param namespaces null for all, including objects without a namespace
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
