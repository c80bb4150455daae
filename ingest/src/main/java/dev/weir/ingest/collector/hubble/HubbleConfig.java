package dev.weir.ingest.collector.hubble;

import dev.weir.ingest.stream.StreamServer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code hubble} collector.
 *
 * @param server {@code host:port} of Hubble Relay or of an agent; null to switch the collector off
 * @param since age of the oldest flows that are requested at the first start
 * @param tls true to use TLS; on if any of the files is given
 * @param ca PEM file with the authorities that the server's certificate must come from; null for the JDK's
 * @param certificate PEM file with the client's certificate chain, for mutual TLS
 * @param key PEM file with the certificate's private key
 * @param serverName name that the server's certificate must contain; null for the host
 * @param allow filters of which a flow must match at least one, such as {@code from-pod=shop/,verdict=DROPPED}
 * @param deny filters of which a flow must match none
 */
public record HubbleConfig(
        @Nullable String server,
        Duration since,
        @Nullable Boolean tls,
        @Nullable String ca,
        @Nullable String certificate,
        @Nullable String key,
        @Nullable String serverName,
        List<String> allow,
        List<String> deny) {
    public HubbleConfig(
            @Nullable String server,
            @Nullable Duration since,
            @Nullable Boolean tls,
            @Nullable String ca,
            @Nullable String certificate,
            @Nullable String key,
            @Nullable String serverName,
            @Nullable List<String> allow,
            @Nullable List<String> deny) {
        this.server = server;
        this.since = since == null ? Duration.ZERO : since;
        this.tls = tls;
        this.ca = ca;
        this.certificate = certificate;
        this.key = key;
        this.serverName = serverName;
        this.allow = allow == null ? List.of() : List.copyOf(allow);
        this.deny = deny == null ? List.of() : List.copyOf(deny);
        streamServer();
        this.allow.forEach(FilterParser::parse);
        this.deny.forEach(FilterParser::parse);
    }

    /** Returns Hubble's address and TLS settings; null if the collector is switched off. */
    public @Nullable StreamServer streamServer() {
        return server == null ? null : StreamServer.of(server, tls, ca, certificate, key, serverName);
    }

    /** Creates settings for a server without TLS, from now on. */
    public static HubbleConfig of(@Nullable String server) {
        return new HubbleConfig(server, null, null, null, null, null, null, null, null);
    }
}
