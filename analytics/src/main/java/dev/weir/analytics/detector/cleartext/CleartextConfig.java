package dev.weir.analytics.detector.cleartext;

import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code cleartext}.
 *
 * @param ports ports of protocols that send passwords unencrypted, with the protocol's name
 * @param encryptedNamespaces namespaces in which every connection must be encrypted, {@code *} for all
 */
public record CleartextConfig(Map<Integer, String> ports, Set<String> encryptedNamespaces) implements Serializable {
    private static final long serialVersionUID = 1L;

    public CleartextConfig(@Nullable Map<Integer, String> ports, @Nullable Set<String> encryptedNamespaces) {
        this.ports = ports == null ? Map.of(21, "FTP", 23, "Telnet", 512, "rexec", 513, "rlogin") : Map.copyOf(ports);
        this.encryptedNamespaces = encryptedNamespaces == null ? Set.of() : Set.copyOf(encryptedNamespaces);
    }
}
