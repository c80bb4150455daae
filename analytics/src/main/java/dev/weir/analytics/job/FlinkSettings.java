package dev.weir.analytics.job;

import dev.weir.analytics.AnalyticsConfig;
import dev.weir.analytics.StateBackend;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;

/** Flink settings of the job. */
public final class FlinkSettings {
    private static final String LOOPBACK = "127.0.0.1";

    private FlinkSettings() {}

    /** Settings for a job that runs on: regular checkpoints, no Kryo, and a limit to restarts that do not help. */
    public static Configuration streaming(AnalyticsConfig config) {
        Configuration settings = common();
        settings.set(CoreOptions.DEFAULT_PARALLELISM, config.parallelism());
        keepState(settings, config.state() == StateBackend.AUTO ? StateBackend.ROCKSDB : config.state());
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, config.checkpointInterval());
        settings.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(1));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(30));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, 10);
        return settings;
    }

    /** The same settings with checkpoints in a folder. */
    public static Configuration streaming(AnalyticsConfig config, Path checkpoints) {
        Configuration settings = streaming(config);
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                checkpoints.toAbsolutePath().toUri().toString());
        return settings;
    }

    /**
     * Settings for a run that ends by itself: heap state, no checkpoints, one task, so that its output has one order.
     */
    public static Configuration bounded() {
        Configuration settings = listeningOnLoopback(common());
        settings.set(CoreOptions.DEFAULT_PARALLELISM, 1);
        keepState(settings, StateBackend.HEAP);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        return settings;
    }

    /**
     * Sets the place of the job's state.
     *
     * @param backend not {@link StateBackend#AUTO}
     */
    static void keepState(Configuration settings, StateBackend backend) {
        boolean isOnDisk = backend == StateBackend.ROCKSDB;
        settings.set(StateBackendOptions.STATE_BACKEND, isOnDisk ? "rocksdb" : "hashmap");
        settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, isOnDisk);
        // Many lookups find nothing: keys that are new.
        settings.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, isOnDisk);
    }

    /** Returns the settings for Flink within one process, whose ports other machines must not reach. */
    static Configuration listeningOnLoopback(Configuration settings) {
        settings.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        return settings;
    }

    private static Configuration common() {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        return settings;
    }
}
