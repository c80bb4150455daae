package dev.weir.alerting.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.ConfigurableJWTProcessor;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.weir.alerting.auth.Guard.RefusedException;
import dev.weir.common.Text;
import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import dev.weir.model.codec.Json;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Authenticates tokens of an OpenID provider (JWT, RFC 9068 and OpenID Connect Core) by its published keys. */
public final class Oidc {
    private static final Logger LOG = LoggerFactory.getLogger(Oidc.class);
    private static final Pattern JWT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");
    private static final int TIMEOUT_MS = 5_000;
    private static final long PATIENCE_MS = 1_000;
    private static final long RETRY_MS = 5_000;
    private static final int LARGEST_ANSWER = 512 * 1024;
    private static final int LONGEST_NAME = 253;
    private static final String DISCOVERY = "/.well-known/openid-configuration";
    /** Signatures with a private key of the provider; neither {@code none} nor HMAC with a shared secret. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final String issuer;
    private final String audience;
    private final @Nullable String jwksUri;
    private final String nameClaim;
    private final String claim;
    private final List<OidcConfig.Grant> grants;
    private final InstantSource clock;
    private final DefaultResourceRetriever retriever =
            new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS, LARGEST_ANSWER);
    private final ReentrantLock discovering = new ReentrantLock();
    private volatile @Nullable ConfigurableJWTProcessor<SecurityContext> processor;
    private volatile long retryMs;
    private volatile boolean hasKeys;

    private Oidc(OidcConfig config, String issuer, String audience, InstantSource clock) {
        this.issuer = issuer;
        this.audience = audience;
        this.jwksUri = config.jwksUri();
        this.nameClaim = config.nameClaim();
        this.claim = config.claim();
        this.grants = config.grants();
        this.clock = clock;
    }

    /**
     * Reads the file of the provider.
     *
     * @throws ConfigException naming file and key
     */
    public static Oidc of(String file, InstantSource clock) {
        OidcConfig config = ConfigLoader.document(Path.of(file), OidcConfig.class);
        String issuer = config.issuer();
        String audience = config.audience();
        if (issuer == null || audience == null) {
            throw new ConfigException(file + ": " + (issuer == null ? "issuer" : "audience") + ": is missing");
        }
        requireSecure(file + ": issuer", issuer);
        if (config.jwksUri() != null) {
            requireSecure(file + ": jwks_uri", config.jwksUri());
        }
        if (config.grants().isEmpty()) {
            throw new ConfigException(file + ": grants: is empty, so no caller would be let in");
        }
        for (int i = 0; i < config.grants().size(); i++) {
            OidcConfig.Grant grant = config.grants().get(i);
            if (grant.value() == null || grant.role() == null) {
                throw new ConfigException(
                        file + ": grants[" + i + "]: needs a value and a role, such as {value: soc, role: analyst}");
            }
        }
        return new Oidc(config, issuer, audience, clock);
    }

    /**
     * Requires https, except on loopback: an attacker who changes the provider's keys in transit could sign any token.
     */
    private static void requireSecure(String where, String text) {
        try {
            URI url = URI.create(text);
            boolean isHere = "http".equals(url.getScheme())
                    && Set.of("localhost", "127.0.0.1").contains(String.valueOf(url.getHost()));
            if (url.getHost() != null && ("https".equals(url.getScheme()) || isHere)) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException(where + ": '" + text + "' is not a URL");
        }
        throw new ConfigException(where + ": '" + text + "' must be an https URL");
    }

    /** True if a token has the form of a JWT. */
    static boolean isJwt(String token) {
        return JWT.matcher(token).matches();
    }

    /**
     * Authenticates a token.
     *
     * @throws RefusedException 401 if the token is not valid, 403 if no grant matches it, 503 if the keys cannot be read
     */
    Caller caller(String token) {
        try {
            return caller(processor().process(token, null));
        } catch (RateLimitReachedException e) {
            // The library limits how often it reads keys again. With keys at hand, the token is signed by none of them.
            throw hasKeys
                    ? new RefusedException(401, "token", "the token is not accepted: its key is unknown")
                    : new RefusedException(503, "provider", "the provider's keys cannot be read now");
        } catch (KeySourceException e) {
            LOG.warn("keys of {} cannot be read, its tokens are refused meanwhile: {}", issuer, e.getMessage());
            throw new RefusedException(503, "provider", "the provider's keys cannot be read now");
        } catch (ParseException | BadJOSEException | JOSEException e) {
            // Messages of the library may quote the token, and this one goes to the log.
            throw new RefusedException(401, "token", "the token is not accepted: " + printable(e.getMessage()));
        }
    }

    private Caller caller(JWTClaimsSet claims) {
        List<String> values = values(claims);
        for (OidcConfig.Grant grant : grants) {
            Role role = grant.role();
            List<String> namespaces = grant.namespaces();
            if (role != null && grant.value() != null && values.contains(grant.value())) {
                return new Caller(
                        name(claims),
                        role,
                        namespaces == null ? NamespaceScope.ALL : new NamespaceScope(Set.copyOf(namespaces)));
            }
        }
        throw new RefusedException(403, "grant", "no grant matches the token's claim " + claim);
    }

    private List<String> values(JWTClaimsSet claims) {
        List<String> values = new ArrayList<>();
        Object value = claims.getClaim(claim);
        if (value instanceof String text) {
            values.add(text);
        } else if (value instanceof List<?> list) {
            list.forEach(each -> values.add(String.valueOf(each)));
        }
        return values;
    }

    private String name(JWTClaimsSet claims) {
        Object name = claims.getClaim(nameClaim);
        return printable(String.valueOf(name == null ? claims.getSubject() : name));
    }

    /** Makes text of a token safe for the log: one line, at most as long as a name. */
    private static String printable(@Nullable String text) {
        String line = String.valueOf(text).replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", " ");
        return Text.cut(line, LONGEST_NAME, "");
    }

    /** The processor; the first token creates it, so Weir starts without the provider. */
    private ConfigurableJWTProcessor<SecurityContext> processor() throws KeySourceException {
        ConfigurableJWTProcessor<SecurityContext> made = processor;
        if (made != null) {
            return made;
        }
        if (clock.millis() < retryMs || !tryLock()) {
            throw new KeySourceException("the provider did not answer a moment ago, or another request waits for it");
        }
        try {
            return made();
        } catch (KeySourceException e) {
            retryMs = clock.millis() + RETRY_MS;
            throw e;
        } finally {
            discovering.unlock();
        }
    }

    /**
     * Waits briefly for another thread that is asking the provider, since request threads must not pile up behind it.
     */
    private boolean tryLock() throws KeySourceException {
        try {
            return discovering.tryLock(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeySourceException("interrupted", e);
        }
    }

    private ConfigurableJWTProcessor<SecurityContext> made() throws KeySourceException {
        ConfigurableJWTProcessor<SecurityContext> made = processor;
        if (made == null) {
            made = new DefaultJWTProcessor<>();
            made.setJWSTypeVerifier(
                    new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
            made.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys()));
            made.setJWTClaimsSetVerifier(new Verifier());
            processor = made;
        }
        return made;
    }

    private JWKSource<SecurityContext> keys() throws KeySourceException {
        String where = jwksUri == null ? discovered() : jwksUri;
        try {
            JWKSource<SecurityContext> source = JWKSourceBuilder.<SecurityContext>create(
                            URI.create(where).toURL(), retriever)
                    .refreshAheadCache(false)
                    .retrying(true)
                    .outageTolerant(true)
                    .build();
            return (selector, context) -> {
                List<JWK> keys = source.get(selector, context);
                hasKeys = true;
                return keys;
            };
        } catch (MalformedURLException | IllegalArgumentException e) {
            throw new KeySourceException("jwks_uri is not a URL", e);
        }
    }

    private String discovered() throws KeySourceException {
        try {
            URL url = URI.create(issuer.replaceFirst("/$", "") + DISCOVERY).toURL();
            JsonNode document =
                    Json.MAPPER.readTree(retriever.retrieveResource(url).getContent());
            String found = document.path("jwks_uri").asText("");
            if (!document.path("issuer").asText().equals(issuer)) {
                throw new KeySourceException("the discovery document names another issuer");
            }
            requireSecure("jwks_uri", found);
            return found;
        } catch (IOException | ConfigException e) {
            throw new KeySourceException("no discovery document: " + e.getMessage(), e);
        }
    }

    private final class Verifier extends DefaultJWTClaimsVerifier<SecurityContext> {
        Verifier() {
            super(audience, new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of("sub", "exp"));
        }

        @Override
        protected Date currentTime() {
            return Date.from(clock.instant());
        }
    }
}
