package dev.weir.ingest.collector.goldmane;

import dev.weir.ingest.stream.StreamServer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code goldmane} collector.
 *
 * @param server {@code host:port} of Goldmane; null to switch the collector off
 * @param since age of the oldest flows that are requested at the first start
 * @param tls true to use TLS; on if any of the files is given
 * @param ca PEM file with the authorities that the server's certificate must come from; null for the JDK's
 * @param certificate PEM file with the client's certificate chain, which Goldmane requires
 * @param key PEM file with the certificate's private key
 * @param serverName name that the server's certificate must contain; null for the host
 */
public record GoldmaneConfig(
        @Nullable String server,
        Duration since,
        @Nullable Boolean tls,
        @Nullable String ca,
        @Nullable String certificate,
        @Nullable String key,
        @Nullable String serverName) {
    public GoldmaneConfig(
            @Nullable String server,
            @Nullable Duration since,
            @Nullable Boolean tls,
            @Nullable String ca,
            @Nullable String certificate,
            @Nullable String key,
            @Nullable String serverName) {
        this.server = server;
        this.since = since == null ? Duration.ZERO : since;
        this.tls = tls;
        this.ca = ca;
        this.certificate = certificate;
        this.key = key;
        this.serverName = serverName;
        streamServer();
    }

    /** Returns Goldmane's address and TLS settings; null if the collector is switched off. */
    public @Nullable StreamServer streamServer() {
        return server == null ? null : StreamServer.of(server, tls, ca, certificate, key, serverName);
    }

    /** Creates settings for a server without TLS, from now on. */
    public static GoldmaneConfig of(@Nullable String server) {
        return new GoldmaneConfig(server, null, null, null, null, null, null);
    }
}
