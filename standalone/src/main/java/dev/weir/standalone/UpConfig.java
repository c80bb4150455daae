package dev.weir.standalone;

import dev.weir.alerting.AlertingConfig;
import dev.weir.analytics.AnalyticsConfig;
import dev.weir.common.config.Bounds;
import dev.weir.ingest.IngestConfig;
import org.jspecify.annotations.Nullable;

/**
 * The configuration file of {@code weir up}.
 *
 * @param data folder for everything that must survive a restart
 */
public record UpConfig(
        String data, BrokerConfig kafka, IngestConfig ingest, AnalyticsConfig analytics, AlertingConfig alerting) {
    public UpConfig(
            @Nullable String data,
            @Nullable BrokerConfig kafka,
            @Nullable IngestConfig ingest,
            @Nullable AnalyticsConfig analytics,
            @Nullable AlertingConfig alerting) {
        this.data = data == null ? "./data" : data;
        this.kafka = kafka == null ? new BrokerConfig(null, null) : kafka;
        this.ingest = ingest == null ? IngestConfig.defaults() : ingest;
        this.analytics = analytics == null ? AnalyticsConfig.defaults() : analytics;
        this.alerting = alerting == null ? AlertingConfig.defaults() : alerting;
    }

    /**
     * The section of the embedded broker.
     *
     * @param port TCP port for clients on loopback; 0 for any free one
     * @param partitions of the topics that flows and alerts go through
     */
    public record BrokerConfig(Integer port, Integer partitions) {
        public BrokerConfig(@Nullable Integer port, @Nullable Integer partitions) {
            this.port = port == null ? 9092 : port;
            this.partitions = partitions == null ? 2 : partitions;
            Bounds.requireOne("partitions", this.partitions);
            Bounds.requirePort("port", this.port);
        }
    }

    /** Returns the same configuration with another data folder. */
    public UpConfig withData(String folder) {
        return new UpConfig(folder, kafka, ingest, analytics, alerting);
    }
}
