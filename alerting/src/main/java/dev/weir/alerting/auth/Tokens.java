package dev.weir.alerting.auth;

import dev.weir.common.Sha256;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Known bearer tokens. Only their SHA-256 hashes are stored, and comparison takes constant time. */
public final class Tokens {
    private static final int RANDOM_BYTES = 32;
    private static final String PREFIX = "weir_";

    private final List<Known> known;

    private record Known(byte[] hash, Caller caller) {}

    private Tokens(List<Known> known) {
        this.known = List.copyOf(known);
    }

    /** No tokens: authentication is off unless there is a provider. */
    public static Tokens none() {
        return new Tokens(List.of());
    }

    /**
     * Reads the tokens of the configuration.
     *
     * @param file file of named tokens; null for none
     * @param adminToken token of the role admin; null for none
     * @throws ConfigException naming file and key
     */
    public static Tokens of(@Nullable String file, @Nullable String adminToken) {
        List<Known> known = new ArrayList<>();
        if (adminToken != null) {
            known.add(new Known(Sha256.hash(adminToken), new Caller("admin", Role.ADMIN, NamespaceScope.ALL)));
        }
        if (file != null) {
            List<TokensConfig.Entry> entries =
                    ConfigLoader.document(Path.of(file), TokensConfig.class).tokens();
            for (int i = 0; i < entries.size(); i++) {
                known.add(known(file + ": tokens[" + i + "]", entries.get(i)));
            }
            if (entries.isEmpty()) {
                throw new ConfigException(file + ": tokens: is empty; weir token makes one");
            }
        }
        return new Tokens(known);
    }

    private static Known known(String where, TokensConfig.Entry entry) {
        String name = entry.name();
        String sha256 = entry.sha256();
        Role role = entry.role();
        if (name == null || name.isBlank()) {
            throw new ConfigException(where + ".name: is missing; the audit log needs it");
        }
        if (sha256 == null || !sha256.matches("[0-9a-fA-F]{64}")) {
            throw new ConfigException(where + ".sha256: must be 64 hex digits; weir token makes them");
        }
        if (role == null) {
            throw new ConfigException(where + ".role: is missing; viewer, analyst or admin");
        }
        List<String> namespaces = entry.namespaces();
        return new Known(
                HexFormat.of().parseHex(sha256.toLowerCase(Locale.ROOT)),
                new Caller(
                        name,
                        role,
                        namespaces == null ? NamespaceScope.ALL : new NamespaceScope(Set.copyOf(namespaces))));
    }

    public boolean isEmpty() {
        return known.isEmpty();
    }

    /**
     * The caller of a token. All hashes are compared, even after a match, so that time does not reveal the position.
     */
    public Optional<Caller> find(String token) {
        byte[] hash = Sha256.hash(token);
        Caller found = null;
        for (Known each : known) {
            if (MessageDigest.isEqual(each.hash(), hash)) {
                found = each.caller();
            }
        }
        return Optional.ofNullable(found);
    }

    /** A new random token of 256 bits. */
    public static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The hash of a token, as the tokens file has it. */
    public static String sha256(String token) {
        return HexFormat.of().formatHex(Sha256.hash(token));
    }
}
