package dev.weir.ingest.collector.logs;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.format.LineFormats;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the Kafka topic that lines of flows are read from, such as NetObserv's.
 *
 * @param topic null to read none
 * @param bootstrapServers its Kafka; null for Weir's own
 * @param properties further client properties for it
 * @param propertiesFiles files that hold the values of client properties, by property
 * @param group consumer group
 * @param format of its records; null to tell it by the first of each partition
 */
public record TopicConfig(
        @Nullable String topic,
        @Nullable String bootstrapServers,
        Map<String, String> properties,
        Map<String, String> propertiesFiles,
        String group,
        @Nullable String format) {
    /** Where these settings stand in the configuration. */
    public static final String SECTION = "ingest.logs.kafka";

    public TopicConfig(
            @Nullable String topic,
            @Nullable String bootstrapServers,
            @Nullable Map<String, String> properties,
            @Nullable Map<String, String> propertiesFiles,
            @Nullable String group,
            @Nullable String format) {
        this.topic = topic;
        this.bootstrapServers = bootstrapServers;
        this.properties = properties == null ? Map.of() : Map.copyOf(properties);
        this.propertiesFiles = propertiesFiles == null ? Map.of() : Map.copyOf(propertiesFiles);
        this.group = group == null ? "weir-ingest" : group;
        this.format = format;
        if (format != null && LineFormats.named(format) == null) {
            throw new ConfigException("format '" + format + "' is none of " + LineFormats.words());
        }
        boolean hasProperties = !this.properties.isEmpty() || !this.propertiesFiles.isEmpty();
        if (bootstrapServers == null && hasProperties) {
            throw new ConfigException("properties are those of another Kafka; name it with bootstrap_servers");
        }
        if (bootstrapServers != null) {
            // It looks at the files.
            new KafkaConfig(bootstrapServers, this.properties, this.propertiesFiles);
        }
    }

    /** Its Kafka; null for Weir's own. */
    public @Nullable KafkaConfig kafka() {
        return bootstrapServers == null ? null : new KafkaConfig(bootstrapServers, properties, propertiesFiles);
    }

    /** Reading none. */
    public static TopicConfig off() {
        return new TopicConfig(null, null, null, null, null, null);
    }
}
