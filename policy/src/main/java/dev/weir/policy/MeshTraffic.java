package dev.weir.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The part of traffic that a service mesh sees. Everything may be unknown.
 *
 * @param mtls true if the connection carries mTLS of the mesh; null if that is not known, and is what the mesh does by
 *     itself
 * @param principal the identity of the source, {@code trust-domain/ns/NAMESPACE/sa/ACCOUNT}; null for that of the pod
 * @param isHttp true if the connection is HTTP; null if that is not known, and with a request
 * @param http the request; null if nothing is known of it
 * @param sni the server name of TLS; null if it is not known
 * @param service the Service that was addressed at a waypoint, {@code namespace/name}; null if there is none
 */
public record MeshTraffic(
        @Nullable Boolean mtls,
        @Nullable String principal,
        @Nullable Boolean isHttp,
        @Nullable Http http,
        @Nullable String sni,
        @Nullable String service) {
    /** Traffic of which the record says nothing. */
    public static final MeshTraffic UNKNOWN = new MeshTraffic(null, null, null, null, null, null);

    /** Returns the same part where it is known whether the connection carries mTLS of the mesh. */
    public MeshTraffic withMtls(boolean known) {
        return new MeshTraffic(known, principal, isHttp, http, sni, service);
    }

    /** Returns the same part where it is known whether the connection is HTTP. */
    public MeshTraffic withHttp(boolean known) {
        return new MeshTraffic(mtls, principal, known, http, sni, service);
    }

    /**
     * A request; each part may be unknown.
     *
     * @param path as it was sent, with its query
     * @param host the authority, with its port if one was sent
     * @param headers by name in lower case, empty if one was not sent; a header that is missing is not known
     * @param jwt the claims of the verified token, empty if there was none; null if that is not known
     * @param clientIp the address of the client that the proxy takes as the origin
     */
    public record Http(
            @Nullable String method,
            @Nullable String path,
            @Nullable String host,
            Map<String, Optional<String>> headers,
            @Nullable Optional<JsonNode> jwt,
            @Nullable String clientIp) {}
}
