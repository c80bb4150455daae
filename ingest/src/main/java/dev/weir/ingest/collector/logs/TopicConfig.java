package dev.weir.ingest.collector.logs;

import dev.weir.ingest.format.LineFormats;
import dev.weir.model.config.ConfigException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the Kafka topic that lines of flows are read from, such as NetObserv's.
 *
 * @param topic null to read none
 * @param bootstrapServers its Kafka; null for Weir's own
 * @param properties further client properties for it
 * @param group consumer group
 * @param format of its records; null to tell it by the first of each partition
 */
public record TopicConfig(
        @Nullable String topic,
        @Nullable String bootstrapServers,
        Map<String, String> properties,
        String group,
        @Nullable String format) {
    public TopicConfig(
            @Nullable String topic,
            @Nullable String bootstrapServers,
            @Nullable Map<String, String> properties,
            @Nullable String group,
            @Nullable String format) {
        this.topic = topic;
        this.bootstrapServers = bootstrapServers;
        this.properties = properties == null ? Map.of() : Map.copyOf(properties);
        this.group = group == null ? "weir-ingest" : group;
        this.format = format;
        if (format != null && LineFormats.named(format) == null) {
            throw new ConfigException("format '" + format + "' is none of " + LineFormats.words());
        }
    }

    /** Reading none. */
    public static TopicConfig off() {
        return new TopicConfig(null, null, null, null, null);
    }
}
