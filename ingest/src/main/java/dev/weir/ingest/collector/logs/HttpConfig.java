package dev.weir.ingest.collector.logs;

import dev.weir.common.config.Bounds;
import dev.weir.common.config.ConfigException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code POST /v1/flows}.
 *
 * @param enabled true to listen
 * @param host address to listen on; without a token only loopback
 * @param port TCP port; 0 for any free one
 * @param token token that senders must present; null for none
 * @param tokenFile file that holds the token
 * @param maxBytes largest body of a request, in bytes; four times as much after decompression
 * @param connectionsPerAddress open connections at once from one address
 */
public record HttpConfig(
        Boolean enabled,
        String host,
        Integer port,
        @Nullable String token,
        @Nullable String tokenFile,
        Integer maxBytes,
        Integer connectionsPerAddress) {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");

    public HttpConfig(
            @Nullable Boolean enabled,
            @Nullable String host,
            @Nullable Integer port,
            @Nullable String token,
            @Nullable String tokenFile,
            @Nullable Integer maxBytes,
            @Nullable Integer connectionsPerAddress) {
        this.enabled = enabled != null && enabled;
        this.host = host == null ? "127.0.0.1" : host;
        this.port = port == null ? 8081 : port;
        this.token = token;
        this.tokenFile = tokenFile;
        this.maxBytes = maxBytes == null ? 16 << 20 : maxBytes;
        this.connectionsPerAddress = connectionsPerAddress == null ? 200 : connectionsPerAddress;
        if (token != null && tokenFile != null) {
            throw new ConfigException("token and token_file exclude each other");
        }
        if (this.enabled && token == null && tokenFile == null && !LOOPBACK.contains(this.host)) {
            throw new ConfigException("host " + this.host + " is not loopback, so it needs a token or a token_file");
        }
        Bounds.requirePort("port", this.port);
        Bounds.requireOne("connections_per_address", this.connectionsPerAddress);
    }

    /** Creates settings that do not listen. */
    public static HttpConfig off() {
        return new HttpConfig(null, null, null, null, null, null, null);
    }
}
