package dev.weir.alerting.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that says which tokens of an OpenID provider are accepted.
 *
 * @param issuer exact value of {@code iss}
 * @param audience required member of {@code aud}
 * @param jwksUri URL of the keys; by default the one of the discovery document
 * @param nameClaim claim with the caller's name for the audit log
 * @param claim claim that grants are matched with; a text or a list of texts
 * @param grants grants in order; the first match applies
 */
record OidcConfig(
        @Nullable String issuer,
        @Nullable String audience,
        @Nullable String jwksUri,
        String nameClaim,
        String claim,
        List<Grant> grants) {
    OidcConfig(
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable String jwksUri,
            @Nullable String nameClaim,
            @Nullable String claim,
            @Nullable List<Grant> grants) {
        this.issuer = issuer;
        this.audience = audience;
        this.jwksUri = jwksUri;
        this.nameClaim = nameClaim == null ? "sub" : nameClaim;
        this.claim = claim == null ? "groups" : claim;
        this.grants = grants == null ? List.of() : List.copyOf(grants);
    }

    /**
     * The role and scope of tokens with one value of the claim.
     *
     * @param value value of the claim
     * @param namespaces namespaces that callers may see; all if absent
     */
    record Grant(
            @Nullable String value,
            @Nullable Role role,
            @Nullable List<String> namespaces) {}
}
