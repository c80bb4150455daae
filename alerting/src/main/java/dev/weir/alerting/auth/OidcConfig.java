package dev.weir.alerting.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that says which tokens of an OpenID provider are taken, and for whom.
 *
 * @param issuer as in {@code iss}, exactly
 * @param audience that must be in {@code aud}
 * @param jwksUri where its keys are; found by its discovery document where it is absent
 * @param nameClaim what the audit trail calls people by
 * @param claim that grants are held against; a text or a list of texts
 * @param grants the first that holds counts
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
     * @param value of the claim
     * @param namespaces of which its holders may know; all where it is absent
     */
    record Grant(
            @Nullable String value,
            @Nullable Role role,
            @Nullable List<String> namespaces) {}
}
