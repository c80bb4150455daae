package dev.weir.ingest.collector.datagrams;

import dev.weir.common.config.Bounds;
import dev.weir.common.config.ConfigException;
import dev.weir.ingest.format.LineFormats;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code datagrams} collector.
 *
 * @param enabled true to listen
 * @param host address to listen on
 * @param port UDP port; 0 for any free one
 * @param format name of the format of the lines
 */
public record DatagramsConfig(Boolean enabled, String host, Integer port, String format) {
    private static final int DEFAULT_PORT = 5170;

    public DatagramsConfig(
            @Nullable Boolean enabled, @Nullable String host, @Nullable Integer port, @Nullable String format) {
        this.enabled = enabled != null && enabled;
        this.host = host == null ? "127.0.0.1" : host;
        this.port = port == null ? DEFAULT_PORT : port;
        this.format = format == null ? "weir" : format;
        Bounds.requirePort("port", this.port);
        if (LineFormats.named(this.format) == null) {
            throw new ConfigException("format '" + format + "' is none of " + LineFormats.ids());
        }
    }
}
