package dev.weir.ingest;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.weir.common.config.ConfigException;
import dev.weir.ingest.collector.CollectorType;
import dev.weir.ingest.enrichment.NetworksConfig;
import dev.weir.ingest.orientation.Deduplicator;
import dev.weir.ingest.orientation.Orienter;
import dev.weir.ingest.publish.SpoolConfig;
import dev.weir.model.ContextChange;
import dev.weir.model.InvalidRecordException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of ingest.
 *
 * @param instance name of this process among others that read files of the same names, for example the node
 * @param collectors a section for each kind of the registry, which stands beside the other keys
 * @param pairWindow time for which a record waits for the other half of its connection
 * @param pairCapacity largest number of records that wait for their other half
 * @param duplicateWindow time of silence after which another reporter of a connection takes the place of the first
 * @param duplicateCapacity number of connections whose reporter is remembered
 * @param networks names and countries of addresses outside the cluster
 * @param spool disk space in which flows from network sources wait for Kafka
 * @param history age up to which addresses are resolved, and time for which an object stays in {@code weir.context}
 *     after its end
 * @param cluster name of the cluster whose context this process publishes and whose flows it reads; null for the one
 *     without a name
 */
public record IngestConfig(
        String instance,
        @JsonUnwrapped CollectorsConfig collectors,
        Duration pairWindow,
        Integer pairCapacity,
        Duration duplicateWindow,
        Integer duplicateCapacity,
        SpoolConfig spool,
        NetworksConfig networks,
        Duration history,
        @Nullable String cluster) {
    public IngestConfig(
            @Nullable String instance,
            @JsonUnwrapped @Nullable CollectorsConfig collectors,
            @Nullable Duration pairWindow,
            @Nullable Integer pairCapacity,
            @Nullable Duration duplicateWindow,
            @Nullable Integer duplicateCapacity,
            @Nullable SpoolConfig spool,
            @Nullable NetworksConfig networks,
            @Nullable Duration history,
            @Nullable String cluster) {
        this.instance = instance == null ? "default" : instance;
        this.collectors = collectors == null ? new CollectorsConfig() : collectors;
        this.pairWindow = pairWindow == null ? Orienter.DEFAULT_WINDOW : pairWindow;
        this.pairCapacity = pairCapacity == null ? Orienter.DEFAULT_CAPACITY : pairCapacity;
        this.duplicateWindow = duplicateWindow == null ? Deduplicator.DEFAULT_WINDOW : duplicateWindow;
        this.duplicateCapacity = duplicateCapacity == null ? Deduplicator.DEFAULT_CAPACITY : duplicateCapacity;
        this.spool = spool == null ? new SpoolConfig(null, null, null) : spool;
        this.networks = networks == null ? new NetworksConfig(null, null) : networks;
        this.history = history == null ? Duration.ofHours(24) : history;
        this.cluster = cluster;
        if (this.duplicateCapacity < 1 || this.duplicateCapacity > Deduplicator.MAX_CAPACITY) {
            throw new ConfigException("duplicate_capacity is " + duplicateCapacity + "; it must be from 1 to "
                    + Deduplicator.MAX_CAPACITY);
        }
        if (cluster != null) {
            try {
                ContextChange.requireCluster("cluster", cluster);
            } catch (InvalidRecordException e) {
                throw new ConfigException(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Creates settings that all have their defaults. */
    public static IngestConfig defaults() {
        return new IngestConfig(null, null, null, null, null, null, null, null, null, null);
    }

    /** Returns these settings with others of one kind of collector. */
    public <C extends Record> IngestConfig with(CollectorType<C> type, C settings) {
        return with(collectors.with(type, settings), spool, cluster);
    }

    /** Returns these settings for another cluster. */
    public IngestConfig withCluster(@Nullable String other) {
        return with(collectors, spool, other);
    }

    /** Returns these settings with another spool. */
    public IngestConfig withSpool(SpoolConfig other) {
        return with(collectors, other, cluster);
    }

    private IngestConfig with(CollectorsConfig newCollectors, SpoolConfig newSpool, @Nullable String newCluster) {
        return new IngestConfig(
                instance,
                newCollectors,
                pairWindow,
                pairCapacity,
                duplicateWindow,
                duplicateCapacity,
                newSpool,
                networks,
                history,
                newCluster);
    }
}
