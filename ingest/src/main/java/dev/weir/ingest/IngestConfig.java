package dev.weir.ingest;

import dev.weir.ingest.collector.file.FileConfig;
import dev.weir.ingest.collector.manifests.ManifestsConfig;
import dev.weir.ingest.collector.netflow.NetflowConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of ingest.
 *
 * @param instance name of this process among others that read files of the same names, for example the node
 * @param pairWindow how long a half waits for the other half of its connection
 * @param pairCapacity how many halves wait at most
 * @param queueCapacity flows from UDP that wait for Kafka at most
 * @param history how far back addresses are resolved
 */
public record IngestConfig(
        String instance,
        NetflowConfig netflow,
        FileConfig file,
        ManifestsConfig manifests,
        Duration pairWindow,
        Integer pairCapacity,
        Integer queueCapacity,
        Duration history) {
    public IngestConfig(
            @Nullable String instance,
            @Nullable NetflowConfig netflow,
            @Nullable FileConfig file,
            @Nullable ManifestsConfig manifests,
            @Nullable Duration pairWindow,
            @Nullable Integer pairCapacity,
            @Nullable Integer queueCapacity,
            @Nullable Duration history) {
        this.instance = instance == null ? "default" : instance;
        this.netflow = netflow == null ? new NetflowConfig(null, null, null, null, null, null) : netflow;
        this.file = file == null ? new FileConfig((List<String>) null, null) : file;
        this.manifests = manifests == null ? new ManifestsConfig(null, null) : manifests;
        this.pairWindow = pairWindow == null ? Duration.ofSeconds(2) : pairWindow;
        this.pairCapacity = pairCapacity == null ? 100_000 : pairCapacity;
        this.queueCapacity = queueCapacity == null ? 100_000 : queueCapacity;
        this.history = history == null ? Duration.ofHours(24) : history;
    }
}
