package dev.weir.ingest.collector.netflow;

import dev.weir.common.config.Bounds;
import dev.weir.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Settings of IPFIX over TCP (RFC 7011, section 10.4), with TLS if a certificate is given.
 *
 * @param enabled true to listen
 * @param port TCP port on the collector's host; 0 for any free one
 * @param certificate PEM file with the server's certificate chain
 * @param key PEM file with the certificate's private key
 * @param clientCa PEM file with the authorities of exporters that may connect; null for any exporter
 * @param maxConnections number of exporters that may be connected at once
 * @param connectionsPerAddress number of them that may have the same address
 */
public record NetflowTcpConfig(
        Boolean enabled,
        Integer port,
        @Nullable String certificate,
        @Nullable String key,
        @Nullable String clientCa,
        Integer maxConnections,
        Integer connectionsPerAddress) {
    private static final int IPFIX_PORT = 4739;

    public NetflowTcpConfig(
            @Nullable Boolean enabled,
            @Nullable Integer port,
            @Nullable String certificate,
            @Nullable String key,
            @Nullable String clientCa,
            @Nullable Integer maxConnections,
            @Nullable Integer connectionsPerAddress) {
        this.enabled = enabled != null && enabled;
        this.port = port == null ? IPFIX_PORT : port;
        this.certificate = certificate;
        this.key = key;
        this.clientCa = clientCa;
        this.maxConnections = maxConnections == null ? 1_000 : maxConnections;
        this.connectionsPerAddress = connectionsPerAddress == null ? 100 : connectionsPerAddress;
        if ((certificate == null) != (key == null)) {
            throw new ConfigException("certificate and key must both be given");
        }
        if (clientCa != null && certificate == null) {
            throw new ConfigException("client_ca needs certificate and key");
        }
        Bounds.requirePort("port", this.port);
        Bounds.requireOne("connections_per_address", this.connectionsPerAddress);
    }
}
