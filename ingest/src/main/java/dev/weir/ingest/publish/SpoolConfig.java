package dev.weir.ingest.publish;

import dev.weir.common.config.ConfigException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the spool, in which flows from network sources wait for Kafka.
 *
 * @param path folder of the spool; null for {@code spool} in the data folder
 * @param maxBytes largest size of the spool on disk, in bytes
 * @param maxAge time for which flows are kept while Kafka is unreachable
 * @param keepFree share of the disk that is kept free, in percent and up to 2 GiB: below it flows are refused
 */
public record SpoolConfig(@Nullable String path, Long maxBytes, Duration maxAge, Integer keepFree) {
    public static final String DEFAULT_PATH = "data/spool";

    private static final long DEFAULT_BYTES = 2L << 30;

    private static final int DEFAULT_KEPT = 5;
    private static final int MOST_KEPT = 90;

    /** Creates settings with the default share of the disk kept free. */
    public SpoolConfig(@Nullable String path, @Nullable Long maxBytes, @Nullable Duration maxAge) {
        this(path, maxBytes, maxAge, null);
    }

    public SpoolConfig(
            @Nullable String path, @Nullable Long maxBytes, @Nullable Duration maxAge, @Nullable Integer keepFree) {
        this.path = path;
        this.maxBytes = maxBytes == null ? DEFAULT_BYTES : maxBytes;
        this.maxAge = maxAge == null ? Duration.ofHours(24) : maxAge;
        this.keepFree = keepFree == null ? DEFAULT_KEPT : keepFree;
        if (this.keepFree < 0 || this.keepFree > MOST_KEPT) {
            throw new ConfigException(
                    "keep_free " + this.keepFree + " is outside 0.." + MOST_KEPT + " percent of the disk");
        }
        if (this.maxBytes < Spool.SEGMENT_BYTES) {
            throw new ConfigException("max_bytes " + this.maxBytes + " is below " + Spool.SEGMENT_BYTES);
        }
    }

    public SpoolConfig at(String newPath) {
        return new SpoolConfig(newPath, maxBytes, maxAge, keepFree);
    }
}
