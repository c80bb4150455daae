package dev.weir.alerting.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weir.common.config.ConfigException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates and authorizes callers, and limits their requests. Without tokens and provider every caller on this
 * machine is an admin; then the {@code Host} header must name this machine, which stops pages of other sites from using
 * the browser of its user (DNS rebinding).
 */
public final class Guard {
    private static final int CALLERS = 10_000;
    private static final String BEARER = "bearer ";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Tokens tokens;
    private final @Nullable Oidc oidc;
    private final int perSecond;
    private final @Nullable String publicHost;
    /** Requests of the current second, by client address. */
    private final Cache<String, AtomicInteger> counts = Caffeine.newBuilder()
            .expireAfterWrite(Duration.ofSeconds(1))
            .maximumSize(CALLERS)
            .build();

    /** A request that is refused, with the HTTP status and a reason for metrics. */
    public static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String reason;

        RefusedException(int status, String reason, String message) {
            super(message);
            this.status = status;
            this.reason = reason;
        }

        public int status() {
            return status;
        }

        /** The value of the metric label {@code reason}, one word. */
        public String reason() {
            return reason;
        }
    }

    /**
     * Checks that an API without authentication listens on loopback only.
     *
     * @param oidc accepts tokens of a provider; null for none
     * @param host address that the API listens on
     * @param publicUrl URL of the API for its users; null for host and port
     * @param perSecond limit of requests of one address within a second
     * @throws ConfigException if other machines could use the API without a token
     */
    public Guard(Tokens tokens, @Nullable Oidc oidc, String host, @Nullable String publicUrl, int perSecond) {
        this.perSecond = perSecond;
        this.tokens = tokens;
        this.oidc = oidc;
        this.publicHost = publicUrl == null ? null : URI.create(publicUrl).getHost();
        if (isOpen() && !isLoopback(host)) {
            throw new ConfigException("alerting.http.host: " + host + " can be reached from other machines, and"
                    + " callers would need no token; set alerting.http.tokens, alerting.http.token_file or"
                    + " alerting.http.oidc, or listen on 127.0.0.1");
        }
    }

    /** True if callers need no token. */
    public boolean isOpen() {
        return tokens.isEmpty() && oidc == null;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new ConfigException("alerting.http.host: '" + host + "' is no address");
        }
    }

    /**
     * Authenticates a request.
     *
     * @param authorization header; null if absent
     * @param host header; null if absent
     * @throws RefusedException if the token or the host is missing or not accepted
     */
    public Caller caller(@Nullable String authorization, @Nullable String host) {
        if (isOpen()) {
            if (host == null || !isOurs(withoutPort(host))) {
                throw new RefusedException(403, "host", "this server does not answer for the host that was requested");
            }
            return Caller.LOCAL;
        }
        if (authorization == null) {
            throw new RefusedException(401, "token", "a token is needed: Authorization: Bearer TOKEN");
        }
        if (!authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            throw new RefusedException(401, "token", "only bearer tokens are accepted: Authorization: Bearer TOKEN");
        }
        String token = authorization.substring(BEARER.length()).trim();
        if (oidc != null && Oidc.isJwt(token)) {
            return oidc.caller(token);
        }
        return tokens.find(token).orElseThrow(() -> new RefusedException(401, "token", "the token is unknown"));
    }

    /**
     * Requires a role.
     *
     * @throws RefusedException 403 if the caller's role does not include it
     */
    public void require(Caller caller, Role least) {
        if (!caller.role().includes(least)) {
            throw new RefusedException(
                    403,
                    "role",
                    "this needs the role " + least.id() + ", and " + caller.name() + " is "
                            + caller.role().id());
        }
    }

    /**
     * Requires a scope of all namespaces.
     *
     * @throws RefusedException 403 if the caller's scope is limited
     */
    public void requireAll(Caller caller) {
        if (!caller.scope().isAll()) {
            throw new RefusedException(
                    403, "scope", "this covers all namespaces, and " + caller.name() + " may see some of them only");
        }
    }

    /**
     * Requires that a change comes from a program or a page of this site (protection against CSRF).
     *
     * @throws RefusedException 403 if the headers name another site
     */
    public void requireSameSite(@Nullable String fetchSite, @Nullable String origin, @Nullable String host) {
        boolean isForeign = fetchSite != null && !fetchSite.equals("same-origin") && !fetchSite.equals("none");
        if (!isForeign && origin != null) {
            isForeign = !origin.replaceFirst("^https?://", "").equals(host);
        }
        if (isForeign) {
            throw new RefusedException(403, "site", "changes from pages of other sites are refused");
        }
    }

    /**
     * Counts a request against the rate limit.
     *
     * @param who client address
     * @throws RefusedException 429 if the limit of this second is used up
     */
    public void requireRate(String who) {
        if (counts.get(who, key -> new AtomicInteger()).incrementAndGet() > perSecond) {
            throw new RefusedException(429, "rate", "more than " + perSecond + " requests within a second");
        }
    }

    private boolean isOurs(String host) {
        return LOOPBACK.contains(host.toLowerCase(Locale.ROOT)) || host.equalsIgnoreCase(publicHost);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
