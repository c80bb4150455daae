package dev.weir.alerting.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.weir.alerting.auth.Guard.RefusedException;
import dev.weir.common.config.ConfigException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins with a provider on this machine. */
class OidcTest {
    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    @TempDir
    Path folder;

    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean isAvailable = true;
    private RSAKey key;
    private HttpServer provider;
    private String issuer;
    private Guard guard;
    private Instant now = NOW;

    @BeforeEach
    void start() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("k1").generate();
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://127.0.0.1:" + provider.getAddress().getPort() + "/realm";
        answer(
                "/realm/.well-known/openid-configuration",
                "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + issuer + "/keys\"}");
        answer("/realm/keys", new JWKSet(key.toPublicJWK()).toString());
        provider.start();
        guard = guard(file(issuer));
    }

    @AfterEach
    void stop() {
        provider.stop(0);
    }

    private void answer(String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        provider.createContext(path, exchange -> {
            asked.incrementAndGet();
            if (!isAvailable) {
                exchange.sendResponseHeaders(503, -1);
                exchange.close();
                return;
            }
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private Path file(String itsIssuer) throws Exception {
        return Files.writeString(folder.resolve("oidc.yaml"), """
                issuer: %s
                audience: weir
                name_claim: email
                grants:
                  - {value: security, role: admin}
                  - {value: shop-team, role: analyst, namespaces: [shop]}
                """.formatted(itsIssuer));
    }

    private Guard guard(Path file) {
        return new Guard(Tokens.none(), Oidc.of(file.toString(), () -> now), "0.0.0.0", null, 1);
    }

    private JWTClaimsSet.Builder claims(String... groups) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience("weir")
                .subject("u1")
                .claim("email", "ann@example.org")
                .claim("groups", List.of(groups))
                .expirationTime(Date.from(NOW.plusSeconds(300)));
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) throws Exception {
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(signer);
        return token.serialize();
    }

    private String signed(JWTClaimsSet claims) throws Exception {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build();
        return signed(header, claims, new RSASSASigner(key));
    }

    private Caller caller(String token) {
        return guard.caller("Bearer " + token, "weir.example");
    }

    private void assertDenied(String token, int status) {
        assertThatThrownBy(() -> caller(token)).isInstanceOfSatisfying(RefusedException.class, e -> {
            assertThat(e.status()).isEqualTo(status);
            assertThat(e.getMessage()).doesNotContain(token);
        });
    }

    @Test
    void theFirstGrantThatHoldsCounts() throws Exception {
        assertThat(caller(signed(claims("x", "shop-team").build())))
                .isEqualTo(new Caller("ann@example.org", Role.ANALYST, new NamespaceScope(Set.of("shop"))));
        assertThat(caller(signed(claims("shop-team", "security").build())))
                .isEqualTo(new Caller("ann@example.org", Role.ADMIN, NamespaceScope.ALL));
        assertThat(asked).as("the keys are remembered").hasValue(2);
        assertDenied(signed(claims("others").build()), 403);
    }

    @Test
    void claimsOfAnotherIssuerAreRefused() throws Exception {
        JWTClaimsSet good = claims("security").build();
        assertThat(caller(signed(good)).role()).isEqualTo(Role.ADMIN);
        List<UnaryOperator<JWTClaimsSet.Builder>> wrong = List.of(
                claims -> claims.issuer("http://127.0.0.1/other"),
                claims -> claims.audience("another"),
                claims -> claims.audience((String) null),
                claims -> claims.subject(null),
                claims -> claims.expirationTime(null),
                claims -> claims.expirationTime(Date.from(NOW.minusSeconds(120))),
                claims -> claims.notBeforeTime(Date.from(NOW.plusSeconds(120))));
        for (UnaryOperator<JWTClaimsSet.Builder> each : wrong) {
            assertDenied(signed(each.apply(claims("security")).build()), 401);
        }
        RSAKey other = new RSAKeyGenerator(2048).keyID("k1").generate();
        assertDenied(
                signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build(), good, new RSASSASigner(other)),
                401);
        assertDenied(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .type(new JOSEObjectType("dpop+jwt"))
                                .keyID("k1")
                                .build(),
                        good,
                        new RSASSASigner(key)),
                401);
        byte[] publicKey = key.toPublicJWK().toRSAPublicKey().getEncoded();
        assertDenied(
                signed(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k1").build(), good, new MACSigner(publicKey)),
                401);
        assertDenied(new PlainJWT(good).serialize(), 401);
        for (int i = 0; i < 4; i++) {
            JWSHeader unknown = new JWSHeader.Builder(JWSAlgorithm.RS256)
                    .keyID("k" + (2 + i))
                    .build();
            assertDenied(signed(unknown, good, new RSASSASigner(other)), 401);
        }
        assertDenied("a.b.c", 401);
        assertDenied("no-jwt", 401);
        String token = signed(good);
        assertDenied(token.substring(0, token.length() - 8) + "AAAAAAAA", 401);
    }

    @Test
    void unavailableProviderAdmitsNoneAndIsRetried() throws Exception {
        isAvailable = false;
        String token = signed(claims("security").build());
        assertDenied(token, 503);
        isAvailable = true;
        provider.removeContext("/realm/.well-known/openid-configuration");
        answer(
                "/realm/.well-known/openid-configuration",
                "{\"issuer\":\"http://127.0.0.1/evil\",\"jwks_uri\":\"" + issuer + "/keys\"}");
        asked.set(0);
        assertDenied(token, 503);
        assertThat(asked)
                .as("it is not called for a moment, and no request waits")
                .hasValue(0);
        now = now.plusSeconds(5);
        assertDenied(token, 503);
        assertThat(asked).hasValue(1);
        now = now.plusSeconds(5);
        provider.removeContext("/realm/.well-known/openid-configuration");
        answer(
                "/realm/.well-known/openid-configuration",
                "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + issuer + "/keys\"}");
        assertThat(caller(token).role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void claimsAreLoggedOnOneLine() throws Exception {
        String header = "{\"alg\":\"RS256\",\"typ\":\"x\\n12:00 INFO audit DELETE by ann\"}";
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8))
                + ".e30.c2ln";
        assertThatThrownBy(() -> caller(token)).isInstanceOfSatisfying(RefusedException.class, e -> {
            assertThat(e.status()).isEqualTo(401);
            assertThat(e.getMessage())
                    .contains("INFO audit")
                    .doesNotContain("\n")
                    .hasSizeLessThan(400);
        });
    }

    @Test
    void untrustedProvidersAreRefusedAtTheStart() throws Exception {
        assertThatThrownBy(() -> guard(file("http://login.example")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("issuer: 'http://login.example' must be an https URL");
        Path empty = Files.writeString(folder.resolve("empty.yaml"), "issuer: https://login.example\naudience: weir\n");
        assertThatThrownBy(() -> guard(empty)).hasMessageContaining("grants: is empty");
        Path noRole = Files.writeString(
                folder.resolve("role.yaml"), "issuer: https://login.example\naudience: weir\ngrants: [{value: x}]\n");
        assertThatThrownBy(() -> guard(noRole)).hasMessageContaining("grants[0]: needs a value and a role");
        for (String lost : List.of("namespaces: ", "namespaces: [~]")) {
            Path all = Files.writeString(
                    folder.resolve("all.yaml"),
                    "issuer: https://login.example\naudience: weir\ngrants:\n  - value: x\n    role: admin\n    " + lost
                            + "\n");
            assertThatThrownBy(() -> guard(all))
                    .as(lost)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("all.yaml:6: grants.0.namespaces")
                    .hasMessageContaining("has no value");
        }
    }
}
