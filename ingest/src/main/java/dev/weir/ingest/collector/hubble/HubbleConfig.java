package dev.weir.ingest.collector.hubble;

import dev.weir.ingest.stream.StreamServer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code hubble} collector.
 *
 * @param server {@code host:port} of Hubble Relay or of an agent; null to switch it off
 * @param since how far back to begin at the first start
 * @param tls whether to speak TLS; on when any of the files is given
 * @param ca PEM file with the authorities that the server's certificate must come from; null for the JDK's
 * @param certificate PEM file with the client's certificate chain, for mutual TLS
 * @param key PEM file with its private key
 * @param serverName name that the server's certificate must hold; null for the host
 * @param allow filters of which a flow must match one: {@code namespace}, {@code pod=ns/name}, {@code verdict=DROPPED}
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
        this.allow.forEach(Filters::parse);
        this.deny.forEach(Filters::parse);
    }

    /** Where Hubble is; null when it is switched off. */
    public @Nullable StreamServer streamServer() {
        return server == null ? null : StreamServer.of(server, tls, ca, certificate, key, serverName);
    }

    /** That server, in the clear, from now on. */
    public static HubbleConfig of(@Nullable String server) {
        return new HubbleConfig(server, null, null, null, null, null, null, null, null);
    }
}
