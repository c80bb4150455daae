package dev.weir.common.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The connection settings of a Kafka cluster.
 *
 * @param bootstrapServers {@code host:port}, several separated by commas
 * @param properties further client properties, for example {@code security.protocol}
 * @param propertiesFiles files that hold the values of client properties, by property: for secrets such as {@code
 *     sasl.jaas.config}
 */
public record KafkaConfig(
        String bootstrapServers, Map<String, String> properties, Map<String, String> propertiesFiles) {
    public KafkaConfig(
            @Nullable String bootstrapServers,
            @Nullable Map<String, String> properties,
            @Nullable Map<String, String> propertiesFiles) {
        this.bootstrapServers = bootstrapServers == null ? "localhost:9092" : bootstrapServers;
        BootstrapServer.of(this.bootstrapServers);
        this.properties = properties == null ? Map.of() : Map.copyOf(properties);
        this.propertiesFiles = propertiesFiles == null ? Map.of() : Map.copyOf(propertiesFiles);
        this.propertiesFiles.forEach((property, file) -> {
            if (this.properties.containsKey(property)) {
                throw new ConfigException(property + " is in properties and in properties_files; keep one of them");
            }
            if (!Files.isReadable(Path.of(file))) {
                throw new ConfigException("properties_files." + property + ": " + file
                        + ": there is no such file, or it may not be read; name one that holds the property's value");
            }
        });
    }

    /** Settings without values from files. */
    public KafkaConfig(@Nullable String bootstrapServers, @Nullable Map<String, String> properties) {
        this(bootstrapServers, properties, null);
    }

    /** Returns the same settings with other servers. */
    public KafkaConfig at(String servers) {
        return new KafkaConfig(servers, properties, propertiesFiles);
    }

    /**
     * The properties that every client of this cluster starts from.
     *
     * @throws ConfigException when a file cannot be read
     */
    public Properties clientProperties() {
        Properties all = new Properties();
        all.putAll(allProperties());
        all.put("bootstrap.servers", bootstrapServers);
        return all;
    }

    /** The further properties, including those from files. */
    public Map<String, String> allProperties() {
        Map<String, String> all = new HashMap<>(properties);
        propertiesFiles.forEach((property, file) -> {
            try {
                all.put(property, Files.readString(Path.of(file)).strip());
            } catch (IOException e) {
                throw new ConfigException(
                        "kafka.properties_files." + property + ": " + file + ": cannot be read: " + e.getMessage());
            }
        });
        return all;
    }
}
