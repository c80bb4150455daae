package dev.weir.ingest.collector.netflow;

import dev.weir.common.config.Bounds;
import dev.weir.common.config.ConfigException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code netflow} collector.
 *
 * @param enabled true to listen
 * @param host address to listen on
 * @param port UDP port; 0 for any free one
 * @param sockets number of sockets, each with a thread, that share the port
 * @param receiveBuffer size of the kernel's buffer for each socket, in bytes
 * @param queue largest size of the datagrams of each socket that wait to be decoded, in bytes
 * @param templateWait time for which data waits for its template
 * @param cluster name of the cluster that the exporters belong to
 * @param tcp IPFIX over TCP and TLS
 */
public record NetflowConfig(
        Boolean enabled,
        String host,
        Integer port,
        Integer sockets,
        Integer receiveBuffer,
        Long queue,
        Duration templateWait,
        @Nullable String cluster,
        NetflowTcpConfig tcp) {
    private static final int DEFAULT_PORT = 2055;
    private static final int DEFAULT_BUFFER = 8 * 1024 * 1024;
    private static final long DEFAULT_QUEUE = 64L * 1024 * 1024;
    private static final int MAX_SOCKETS = 64;

    public NetflowConfig(
            @Nullable Boolean enabled,
            @Nullable String host,
            @Nullable Integer port,
            @Nullable Integer sockets,
            @Nullable Integer receiveBuffer,
            @Nullable Long queue,
            @Nullable Duration templateWait,
            @Nullable String cluster,
            @Nullable NetflowTcpConfig tcp) {
        this.enabled = enabled == null || enabled;
        this.host = host == null ? "127.0.0.1" : host;
        this.port = port == null ? DEFAULT_PORT : port;
        this.sockets = sockets == null ? 1 : sockets;
        this.receiveBuffer = receiveBuffer == null ? DEFAULT_BUFFER : receiveBuffer;
        this.queue = queue == null ? DEFAULT_QUEUE : queue;
        this.templateWait = templateWait == null ? Duration.ofSeconds(60) : templateWait;
        this.cluster = cluster;
        this.tcp = tcp == null ? new NetflowTcpConfig(null, null, null, null, null, null, null) : tcp;
        Bounds.requirePort("port", this.port);
        if (this.sockets < 1 || this.sockets > MAX_SOCKETS) {
            throw new ConfigException("sockets " + this.sockets + " is outside 1.." + MAX_SOCKETS);
        }
    }

    /** Creates settings that do not listen. */
    public static NetflowConfig off() {
        return new NetflowConfig(false, null, null, null, null, null, null, null, null);
    }

    /** Creates settings that listen on an address; all others have their defaults. */
    public static NetflowConfig on(String host, int port) {
        return new NetflowConfig(true, host, port, null, null, null, null, null, null);
    }
}
