package dev.weir.model.config;

import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers {@code host:port}, several with commas between
 * @param properties further client properties, for example {@code security.protocol}
 */
public record KafkaConfig(String bootstrapServers, Map<String, String> properties) {
    public KafkaConfig(@Nullable String bootstrapServers, @Nullable Map<String, String> properties) {
        this.bootstrapServers = bootstrapServers == null ? "localhost:9092" : bootstrapServers;
        this.properties = properties == null ? Map.of() : Map.copyOf(properties);
    }

    /** The properties that every client of this cluster starts from. */
    public Properties clientProperties() {
        Properties all = new Properties();
        all.putAll(properties);
        all.put("bootstrap.servers", bootstrapServers);
        return all;
    }
}
