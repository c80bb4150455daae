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
 * Lets callers in or not. On loopback nobody has to say who they are, unless there are tokens; then a browser that somebody else's
 * page talks to must not be taken for the person in front of it, so the name that was asked for must be one of this machine.
 */
public final class Guard {
    private static final int CALLERS = 10_000;
    private static final String BEARER = "bearer ";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Tokens tokens;
    private final @Nullable Oidc oidc;
    private final int perSecond;
    private final @Nullable String publicHost;
    /** Requests within the second. */
    private final Cache<String, AtomicInteger> counts = Caffeine.newBuilder()
            .expireAfterWrite(Duration.ofSeconds(1))
            .maximumSize(CALLERS)
            .build();

    /** Why somebody is not let in; the status says it to programs, the reason to metrics and people. */
    public static final class DeniedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String reason;

        DeniedException(int status, String reason, String message) {
            super(message);
            this.status = status;
            this.reason = reason;
        }

        public int status() {
            return status;
        }

        /** One word. */
        public String reason() {
            return reason;
        }
    }

    /**
     * @param oidc takes tokens of a provider; null for none
     * @param host that the API listens on
     * @param publicUrl how people reach it; null for by host and port
     * @param perSecond how many requests of one address are answered within a second
     * @throws ConfigException when anybody could get at it
     */
    public Guard(Tokens tokens, @Nullable Oidc oidc, String host, @Nullable String publicUrl, int perSecond) {
        this.perSecond = perSecond;
        this.tokens = tokens;
        this.oidc = oidc;
        this.publicHost = publicUrl == null ? null : URI.create(publicUrl).getHost();
        if (isOpen() && !isLoopback(host)) {
            throw new ConfigException("alerting.http.host: " + host + " can be reached from other machines, and nobody"
                    + " would have to say who they are; set alerting.http.tokens, alerting.http.token_file or"
                    + " alerting.http.oidc, or"
                    + " listen on 127.0.0.1");
        }
    }

    /** Whether nobody has to say who they are. */
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
     * Who asks.
     *
     * @param authorization header; null when there is none
     * @param host that was asked for
     * @throws DeniedException when nobody who may
     */
    public Caller caller(@Nullable String authorization, @Nullable String host) {
        if (isOpen()) {
            if (host == null || !isOurs(withoutPort(host))) {
                throw new DeniedException(403, "host", "this is not the host that you have asked for");
            }
            return Caller.LOCAL;
        }
        if (authorization == null) {
            throw new DeniedException(401, "token", "a token is needed: Authorization: Bearer TOKEN");
        }
        if (!authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            throw new DeniedException(401, "token", "only bearer tokens are known: Authorization: Bearer TOKEN");
        }
        String token = authorization.substring(BEARER.length()).trim();
        if (oidc != null && Oidc.isJwt(token)) {
            return oidc.caller(token);
        }
        return tokens.find(token).orElseThrow(() -> new DeniedException(401, "token", "the token is not known"));
    }

    /**
     * @throws DeniedException when the caller's role is too small
     */
    public void require(Caller caller, Role needed) {
        if (!caller.role().may(needed)) {
            throw new DeniedException(
                    403,
                    "role",
                    "this takes the role " + needed.word() + ", and " + caller.name() + " is "
                            + caller.role().word());
        }
    }

    /**
     * @throws DeniedException when the caller may know of some namespaces only
     */
    public void requireAll(Caller caller) {
        if (!caller.scope().isAll()) {
            throw new DeniedException(
                    403, "scope", "this is about all namespaces, and " + caller.name() + " may see some of them only");
        }
    }

    /**
     * A change must not come from another site's page.
     *
     * @throws DeniedException when it does
     */
    public void requireSameSite(@Nullable String fetchSite, @Nullable String origin, @Nullable String host) {
        boolean isForeign = fetchSite != null && !fetchSite.equals("same-origin") && !fetchSite.equals("none");
        if (!isForeign && origin != null) {
            isForeign = !origin.replaceFirst("^https?://", "").equals(host);
        }
        if (isForeign) {
            throw new DeniedException(403, "site", "changes are not taken from the pages of other sites");
        }
    }

    /**
     * @param who a caller or an address
     * @throws DeniedException when there were too many requests within the second
     */
    public void requirePatience(String who) {
        if (counts.get(who, key -> new AtomicInteger()).incrementAndGet() > perSecond) {
            throw new DeniedException(429, "rate", "more than " + perSecond + " requests within a second");
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
