package dev.weir.ingest.collector.netflow;

import dev.weir.model.config.ConfigException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code netflow} collector.
 *
 * @param enabled whether to listen
 * @param host address to listen on
 * @param port UDP port; 0 for any free one
 * @param receiveBuffer bytes of socket buffer asked of the kernel
 * @param templateWait how long data waits for its template
 * @param cluster name of the cluster that the exporters are part of
 */
public record NetflowConfig(
        Boolean enabled,
        String host,
        Integer port,
        Integer receiveBuffer,
        Duration templateWait,
        @Nullable String cluster) {
    private static final int DEFAULT_PORT = 2055;
    private static final int DEFAULT_BUFFER = 8 * 1024 * 1024;

    public NetflowConfig(
            @Nullable Boolean enabled,
            @Nullable String host,
            @Nullable Integer port,
            @Nullable Integer receiveBuffer,
            @Nullable Duration templateWait,
            @Nullable String cluster) {
        this.enabled = enabled == null || enabled;
        this.host = host == null ? "127.0.0.1" : host;
        this.port = port == null ? DEFAULT_PORT : port;
        this.receiveBuffer = receiveBuffer == null ? DEFAULT_BUFFER : receiveBuffer;
        this.templateWait = templateWait == null ? Duration.ofSeconds(60) : templateWait;
        this.cluster = cluster;
        if (this.port < 0 || this.port > 65535) {
            throw new ConfigException("port " + this.port + " is outside 0..65535");
        }
    }
}
