package dev.weir.ingest.collector.conntrack;

import dev.weir.common.config.ConfigException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code conntrack} collector.
 *
 * @param enabled true to follow the kernel's connections
 * @param networkNamespace file of the network namespace, such as {@code /proc/1/ns/net} for the host's; null for that
 *     of this process
 * @param report time between two reports of a long-lasting connection
 * @param bufferBytes size of the kernel's buffer for events
 * @param capacity number of connections that are remembered at a time
 * @param reporter name of the node; null for the host's name
 */
public record ConntrackConfig(
        Boolean enabled,
        @Nullable String networkNamespace,
        Duration report,
        Integer bufferBytes,
        Integer capacity,
        @Nullable String reporter) {
    public ConntrackConfig(
            @Nullable Boolean enabled,
            @Nullable String networkNamespace,
            @Nullable Duration report,
            @Nullable Integer bufferBytes,
            @Nullable Integer capacity,
            @Nullable String reporter) {
        this.enabled = enabled != null && enabled;
        this.networkNamespace = networkNamespace;
        this.report = report == null ? Duration.ofSeconds(60) : report;
        this.bufferBytes = bufferBytes == null ? 8 << 20 : bufferBytes;
        this.capacity = capacity == null ? 500_000 : capacity;
        this.reporter = reporter;
        if (this.report.toMillis() < 1_000) {
            throw new ConfigException("report " + this.report.toMillis() + "ms is below 1s");
        }
    }
}
