package dev.weir.ingest.collector.manifests;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the {@code manifests} collector.
 *
 * @param path directory of YAML or JSON files, read with its subdirectories; absent for none
 * @param poll interval of the scans
 */
public record ManifestsConfig(@Nullable String path, Duration poll) {
    public ManifestsConfig(@Nullable String path, @Nullable Duration poll) {
        this.path = path;
        this.poll = poll == null ? Duration.ofSeconds(1) : poll;
    }
}
