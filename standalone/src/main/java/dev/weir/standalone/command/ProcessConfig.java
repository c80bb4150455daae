package dev.weir.standalone.command;

import dev.weir.alerting.AlertingConfig;
import dev.weir.common.config.Bounds;
import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.IngestConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration files of the processes that run against a Kafka cluster. */
public final class ProcessConfig {
    private ProcessConfig() {}

    /**
     * The file of {@code weir ingest}.
     *
     * @param metricsPort the port at which Prometheus scrapes its metrics
     */
    public record OfIngest(KafkaConfig kafka, IngestConfig ingest, Integer metricsPort) {
        private static final int DEFAULT_METRICS_PORT = 9101;

        public OfIngest(@Nullable KafkaConfig kafka, @Nullable IngestConfig ingest, @Nullable Integer metricsPort) {
            this.kafka = kafka == null ? new KafkaConfig(null, null) : kafka;
            this.ingest = ingest == null ? IngestConfig.defaults() : ingest;
            this.metricsPort = metricsPort == null ? DEFAULT_METRICS_PORT : metricsPort;
            Bounds.requirePort("metrics_port", this.metricsPort);
        }
    }

    /**
     * The file of any of these processes, for {@code weir topics}, which uses the {@code kafka} section alone. The
     * other sections are not parsed, since an image holds the classes of its own process only.
     */
    public record OfTopics(
            KafkaConfig kafka,
            @Nullable Map<String, Object> ingest,
            @Nullable Integer metricsPort,
            @Nullable Map<String, Object> analytics,
            @Nullable Map<String, Object> alerting) {
        public OfTopics {
            kafka = kafka == null ? new KafkaConfig(null, null) : kafka;
        }
    }

    /** The file of {@code weir alerting}. */
    public record OfAlerting(KafkaConfig kafka, AlertingConfig alerting) {
        public OfAlerting(@Nullable KafkaConfig kafka, @Nullable AlertingConfig alerting) {
            this.kafka = kafka == null ? new KafkaConfig(null, null) : kafka;
            this.alerting = alerting == null ? AlertingConfig.defaults() : alerting;
        }
    }
}
