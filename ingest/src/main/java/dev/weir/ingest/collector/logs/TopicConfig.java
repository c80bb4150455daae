package dev.weir.ingest.collector.logs;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.format.LineFormats;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the Kafka topic that lines of flows are read from, such as NetObserv's.
 *
 * @param topic name of the topic; null to read none
 * @param bootstrapServers Kafka that has the topic; null for Weir's own
 * @param properties further client properties for that Kafka
 * @param propertiesFiles files that hold the values of client properties, by property
 * @param group consumer group
 * @param format name of the records' format; null to detect it by the first record of each partition
 */
public record TopicConfig(
        @Nullable String topic,
        @Nullable String bootstrapServers,
        Map<String, String> properties,
        Map<String, String> propertiesFiles,
        String group,
        @Nullable String format) {
    /** The section of these settings in the configuration. */
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
            throw new ConfigException("format '" + format + "' is none of " + LineFormats.ids());
        }
        boolean hasProperties = !this.properties.isEmpty() || !this.propertiesFiles.isEmpty();
        if (bootstrapServers == null && hasProperties) {
            throw new ConfigException("properties are those of another Kafka; name it with bootstrap_servers");
        }
        if (bootstrapServers != null) {
            // The constructor checks the files.
            new KafkaConfig(bootstrapServers, this.properties, this.propertiesFiles);
        }
    }

    /** Returns the Kafka that has the topic; null for Weir's own. */
    public @Nullable KafkaConfig kafka() {
        return bootstrapServers == null ? null : new KafkaConfig(bootstrapServers, properties, propertiesFiles);
    }

    /** Creates settings that read no topic. */
    public static TopicConfig off() {
        return new TopicConfig(null, null, null, null, null, null);
    }
}
