package dev.weir.ingest.publish;

import dev.weir.model.config.ConfigException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the spool that flows from network sources wait for Kafka in.
 *
 * @param path folder of the spool; null for {@code spool} in the data folder
 * @param maxBytes how much of the disk it may take
 * @param maxAge how long flows are kept for a Kafka that is away
 */
public record SpoolConfig(@Nullable String path, Long maxBytes, Duration maxAge) {
    public static final String DEFAULT_PATH = "data/spool";

    private static final long DEFAULT_BYTES = 2L << 30;

    public SpoolConfig(@Nullable String path, @Nullable Long maxBytes, @Nullable Duration maxAge) {
        this.path = path;
        this.maxBytes = maxBytes == null ? DEFAULT_BYTES : maxBytes;
        this.maxAge = maxAge == null ? Duration.ofHours(24) : maxAge;
        if (this.maxBytes < Spool.SEGMENT_BYTES) {
            throw new ConfigException("max_bytes " + this.maxBytes + " is below " + Spool.SEGMENT_BYTES);
        }
    }

    public SpoolConfig at(String newPath) {
        return new SpoolConfig(newPath, maxBytes, maxAge);
    }
}
